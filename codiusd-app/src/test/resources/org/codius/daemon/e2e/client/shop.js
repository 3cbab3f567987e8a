// Somebody outside who is paid. Argument: its BTP address.
// Says where to pay, and goes on until it is ended.
'use strict'
const PluginBtp = require('ilp-plugin-btp')
const { createServer } = require('ilp-protocol-stream')

async function run () {
  const server = await createServer({ plugin: new PluginBtp({ server: process.argv[2] }) })
  server.on('connection', connection => {
    connection.on('stream', stream => stream.setReceiveMax('1000000000'))
  })
  const { destinationAccount, sharedSecret } = server.generateAddressAndSecret()
  console.log(`interledger-stream ${destinationAccount} ${sharedSecret.toString('base64')}`)
}

run().catch(error => {
  console.error(error)
  process.exit(1)
})
