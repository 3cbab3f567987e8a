// Is paid and talks: node peer-server.js <library> <btp url> <receive max> <bytes each way>
const { createServer } = require(process.argv[2])
const PluginBtp = require('ilp-plugin-btp')
const { createHash } = require('crypto')

const [,, , server, receiveMax, size] = process.argv

const say = message => console.log(JSON.stringify(message))
const pattern = length => Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255))

async function main () {
  const plugin = new PluginBtp({ server })
  const receiver = await createServer({ plugin })
  receiver.on('connection', connection => {
    connection.on('error', err => say({ event: 'error', message: err.stack }))
    connection.on('stream', stream => {
      const read = []
      let length = 0
      stream.on('data', data => {
        read.push(data)
        length += data.length
        if (length === Number(size)) {
          say({ event: 'data', hash: createHash('sha256').update(Buffer.concat(read)).digest('hex') })
        }
      })
      stream.write(pattern(Number(size)))
      stream.setReceiveMax(receiveMax)
      stream.on('end', () => say({ event: 'end', totalReceived: stream.totalReceived }))
    })
  })
  const { destinationAccount, sharedSecret } = receiver.generateAddressAndSecret()
  say({ pay: `interledger-stream ${destinationAccount} ${sharedSecret.toString('base64')}` })
}

main().catch(err => say({ event: 'error', message: err.stack }))
