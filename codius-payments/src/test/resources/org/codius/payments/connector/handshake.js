// Opens a WebSocket as a browser would. Arguments: URL, Origin, Host ("-" for none of ours).
// Answers with the status it got: 101 if it is open.
'use strict'

const WebSocket = require('ws')

const [url, origin, host] = process.argv.slice(2)
const options = { headers: {} }
if (origin !== '-') options.origin = origin
if (host !== '-') options.headers.Host = host

const answer = (status) => {
  console.log(JSON.stringify({ status }))
  process.exit(0)
}
const socket = new WebSocket(url, options)
socket.on('open', () => answer(101))
socket.on('unexpected-response', (request, response) => answer(response.statusCode))
socket.on('error', () => answer(0))
