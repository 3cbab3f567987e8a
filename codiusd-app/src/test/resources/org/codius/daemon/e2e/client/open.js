// Opens a WebSocket and says whether that worked: open.js URL
'use strict'
const WebSocket = require('ws')

const socket = new WebSocket(process.argv[2])
socket.on('open', () => {
  console.log('opened')
  process.exit(0)
})
socket.on('error', error => {
  console.error(error.message)
  process.exit(1)
})
