// Takes a payment: node stream-server.js <btp url> <receive max>
const { createServer } = require('ilp-protocol-stream')
const PluginBtp = require('ilp-plugin-btp')

const [server, receiveMax] = process.argv.slice(2)

async function main () {
  const plugin = new PluginBtp({ server })
  const receiver = await createServer({ plugin })
  receiver.on('connection', connection => {
    connection.on('stream', stream => {
      stream.write(Buffer.from([255]))
      stream.setReceiveMax(receiveMax)
      stream.on('end', () => {
        console.log(JSON.stringify({ event: 'end', totalReceived: stream.totalReceived }))
      })
    })
  })
  const { destinationAccount, sharedSecret } = receiver.generateAddressAndSecret()
  const pay = `interledger-stream ${destinationAccount} ${sharedSecret.toString('base64')}`
  console.log(JSON.stringify({ pay }))
}

main().catch(err => console.log(JSON.stringify({ event: 'error', message: err.stack })))
