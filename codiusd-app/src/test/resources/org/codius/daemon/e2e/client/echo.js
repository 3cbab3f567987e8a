// Opens a WebSocket, sends a message, prints what comes back: echo.js URL HOST-HEADER MESSAGE
'use strict'
const WebSocket = require('ws')

const [url, host, message] = process.argv.slice(2)
const socket = new WebSocket(url, { headers: { Host: host } })
socket.on('open', () => socket.send(message))
socket.on('message', data => {
  console.log(data.toString())
  process.exit(0)
})
socket.on('error', error => {
  console.error(error.message)
  process.exit(1)
})
