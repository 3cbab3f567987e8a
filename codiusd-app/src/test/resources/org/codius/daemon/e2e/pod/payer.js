// A pod that pays from the account that its environment names, as npm ilp-plugin reads it. Answers on one port:
//   /pay?to=<the Pay header's value>&amount=N   pays, and says how much was sent (JSON)
//   /reach?host=H&port=P                        whether a connection can be opened there (JSON)
//   anything else                               that it is there
'use strict'
const http = require('http')
const net = require('net')
const { createConnection } = require('ilp-protocol-stream')
const pluginFromEnvironment = require('ilp-plugin')

const PORT = 8080

async function pay (to, amount) {
  const [, destinationAccount, secret] = to.split(' ')
  const plugin = pluginFromEnvironment()
  const connection = await createConnection({ plugin, destinationAccount, sharedSecret: Buffer.from(secret, 'base64') })
  const stream = connection.createStream()
  try {
    await stream.sendTotal(amount, { timeout: 10000 })
    return { totalSent: stream.totalSent }
  } catch (error) {
    return { totalSent: stream.totalSent, error: error.message }
  } finally {
    await connection.destroy()
  }
}

function reach (host, port) {
  return new Promise(resolve => {
    const socket = net.connect({ host, port, timeout: 3000 })
    const end = reached => { socket.destroy(); resolve({ reached }) }
    socket.on('connect', () => end(true)).on('error', () => end(false)).on('timeout', () => end(false))
  })
}

http.createServer((req, res) => {
  const url = new URL(req.url, 'http://pod')
  const query = name => url.searchParams.get(name)
  const work = {
    '/pay': () => pay(query('to'), query('amount')),
    '/reach': () => reach(query('host'), Number(query('port')))
  }[url.pathname] || (async () => ({ isHere: true }))
  work()
    .catch(error => ({ error: error.message }))
    .then(answer => res.end(JSON.stringify(answer)))
}).listen(PORT)
