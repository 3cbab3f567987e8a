// npm ilp-connector with npm ilp-plugin-mini-accounts: node connector.js <port> <largest packet, or 0>
'use strict'

const net = require('net')

const port = Number(process.argv[2])
const largest = process.argv[3]

const connector = require('ilp-connector').createApp({
  env: 'test',
  ilpAddress: 'private.moneyd',
  backend: 'one-to-one',
  spread: 0,
  store: 'ilp-store-memory',
  adminApi: false,
  accounts: {
    local: {
      relation: 'child',
      plugin: 'ilp-plugin-mini-accounts',
      assetCode: 'XRP',
      assetScale: 9,
      rateLimit: { refillPeriod: 1000, refillCount: 100000, capacity: 100000 },
      ...(largest === '0' ? {} : { maxPacketAmount: largest }),
      balance: { minimum: '-Infinity', maximum: 'Infinity' },
      options: { wsOpts: { host: '127.0.0.1', port }, allowedOrigins: [] }
    }
  }
})

// The plugin says it is connected before its socket listens.
const listens = () => new Promise(resolve => {
  const socket = net.connect(port, '127.0.0.1')
  socket.on('connect', () => { socket.destroy(); resolve(true) })
  socket.on('error', () => resolve(false))
})

const start = async () => {
  await connector.listen()
  while (!await listens());
  console.log(JSON.stringify({ ready: true }))
}

start().catch(error => {
  console.error(error)
  process.exit(1)
})
