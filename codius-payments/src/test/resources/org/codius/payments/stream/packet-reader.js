// Reads encrypted STREAM packets: node packet-reader.js <library> <shared secret, hex>; then a line of hex per packet
const stream = require(process.argv[2])
const path = require('path')
const library = path.dirname(require.resolve(process.argv[2]))
const { Packet } = require(path.join(library, 'packet'))
const crypto = require(path.join(library, 'crypto'))
const secret = Buffer.from(process.argv[3], 'hex')

const text = value => value === undefined ? undefined : value.toString()

function describe (frame) {
  const fields = {}
  for (const name of Object.keys(frame)) {
    const value = frame[name]
    fields[name] = Buffer.isBuffer(value) ? value.toString('hex') : text(value)
  }
  return fields
}

async function read (line) {
  const data = Buffer.from(line, 'hex')
  const key = await crypto.generatePskEncryptionKey(secret)
  const fulfillmentKey = await crypto.generateFulfillmentKey(secret)
  const packet = await Packet.decryptAndDeserialize(key, data)
  const fulfillment = await crypto.generateFulfillment(fulfillmentKey, data)
  console.log(JSON.stringify({
    type: packet.ilpPacketType,
    sequence: text(packet.sequence),
    amount: text(packet.prepareAmount),
    fulfillment: fulfillment.toString('hex'),
    frames: packet.frames.map(describe)
  }))
}

if (!stream.createServer) throw new Error('not the library')
let done = Promise.resolve()
require('readline').createInterface({ input: process.stdin }).on('line', line => {
  done = done.then(() => read(line)).catch(err => console.log(JSON.stringify({ error: err.stack })))
})
