// Pays and talks: node peer-client.js <library> <btp url> <Pay header> <send max> <bytes each way>
//   [<milliseconds that the BTP plugin waits for an answer>]
// Says {"event":"data"} with what it read once all bytes and the one before them came, and {"event":"sent"} with every packet.
const { createConnection } = require(process.argv[2])
const PluginBtp = require('ilp-plugin-btp')
const { createHash } = require('crypto')

const [,, , server, pay, sendMax, size, responseTimeout] = process.argv
const [, destinationAccount, secret] = pay.split(' ')

const say = message => console.log(JSON.stringify(message))
const pattern = length => Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255))

async function main () {
  const plugin = new PluginBtp({ server, responseTimeout: Number(responseTimeout) || undefined })
  const connection = await createConnection({
    plugin,
    destinationAccount,
    sharedSecret: Buffer.from(secret, 'base64')
  })
  connection.on('error', err => say({ event: 'error', message: err.stack }))
  const stream = connection.createStream()
  const read = []
  let length = 0
  stream.on('data', data => {
    if (length === 0 && Number(size) > 0) stream.write(pattern(Number(size)))
    read.push(data)
    length += data.length
    if (length === Number(size) + 1) {
      const all = Buffer.concat(read)
      say({ event: 'data', first: all[0], hash: createHash('sha256').update(all.slice(1)).digest('hex') })
    }
  })
  stream.on('outgoing_money', () => say({ event: 'sent', totalSent: stream.totalSent }))
  stream.setSendMax(sendMax)
}

main().catch(err => say({ event: 'error', message: err.stack }))
