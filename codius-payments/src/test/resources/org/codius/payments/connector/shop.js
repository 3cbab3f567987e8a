// Somebody who is paid. Argument: its BTP address.
// Answers with where to pay.
'use strict'

const { createServer } = require('ilp-protocol-stream')
const PluginBtp = require('ilp-plugin-btp')

const answer = (object) => console.log(JSON.stringify(object))

const run = async () => {
  const server = await createServer({
    plugin: new PluginBtp({ server: process.argv[2], reconnectInterval: 50 })
  })
  server.on('connection', (connection) => {
    connection.on('stream', (stream) => {
      stream.setReceiveMax('1000000000')
    })
  })
  const { destinationAccount, sharedSecret } = server.generateAddressAndSecret()
  answer({ pay: `interledger-stream ${destinationAccount} ${sharedSecret.toString('base64')}` })
}

run().catch((error) => answer({ error: error.message }))
