// What runs in the pods of the end-to-end tests. Answers on one port:
//   /         the environment, and who we are (JSON)
//   /headers  the request's header fields (JSON)
//   /echo     the request's body
//   /second   what the pod's other container answers on 127.0.0.1:8081
//   /say?text=T&after=MS   prints T to stdout, MS milliseconds after the request
//   /attack.html           a page that tries to spend its visitor's money; it posts what happened to /report
//   /reports  what was posted to /report
//   WebSocket upgrades on any path: an echo
'use strict'
const crypto = require('crypto')
const fs = require('fs')
const http = require('http')
const { WebSocketServer } = require('ws')

const PORT = 8080
const born = crypto.randomBytes(8).toString('hex')
const reports = []

function json (res, value) {
  res.setHeader('Content-Type', 'application/json')
  res.end(JSON.stringify(value))
}

function say (req, res, url) {
  const text = url.searchParams.get('text')
  setTimeout(() => console.log(text), Number(url.searchParams.get('after') || 0))
  res.statusCode = 202
  res.end()
}

function second (req, res) {
  http.get('http://127.0.0.1:8081/index.html', answer => answer.pipe(res))
    .on('error', error => {
      res.statusCode = 502
      res.end(error.message)
    })
}

function report (req, res) {
  const chunks = []
  req.on('data', chunk => chunks.push(chunk))
  req.on('end', () => {
    reports.push(JSON.parse(Buffer.concat(chunks).toString()))
    res.end()
  })
}

function file (name, type) {
  return (req, res) => {
    res.setHeader('Content-Type', type)
    fs.createReadStream(`${__dirname}/${name}`).pipe(res)
  }
}

const pages = {
  '/': (req, res) => json(res, { born, pid: process.pid, uid: process.getuid(), env: process.env }),
  '/headers': (req, res) => json(res, req.headers),
  '/echo': (req, res) => req.pipe(res),
  '/say': say,
  '/second': second,
  '/attack.html': file('attack.html', 'text/html'),
  '/attack.js': file('attack.js', 'text/javascript'),
  '/report': report,
  '/reports': (req, res) => json(res, reports)
}

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://pod')
  const page = pages[url.pathname]
  if (!page) {
    res.statusCode = 404
    res.end()
    return
  }
  page(req, res, url)
})

new WebSocketServer({ server }).on('connection', socket => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})

server.listen(PORT, () => console.log('pod is listening'))
