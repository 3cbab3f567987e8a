// A child of the connector, on the original's BTP plugin. Arguments: its BTP address.
// Told "send <destination> <amount> <data in hex>", it sends a Prepare under the fulfilment of 32
// zero bytes and answers with how it ended. It fulfils whatever arrives and sends the data back.
'use strict'

const crypto = require('crypto')
const readline = require('readline')
const PluginBtp = require('ilp-plugin-btp')
const IlDcp = require('ilp-protocol-ildcp')
const IlpPacket = require('ilp-packet')

const fulfillment = Buffer.alloc(32)
const executionCondition = crypto.createHash('sha256').update(fulfillment).digest()
const plugin = new PluginBtp({ server: process.argv[2], reconnectInterval: 50 })

const answer = (object) => console.log(JSON.stringify(object))

const details = async () => {
  const { clientAddress, assetCode, assetScale } = await IlDcp.fetch((p) => plugin.sendData(p))
  answer({ clientAddress, assetCode, assetScale })
}

const send = async (destination, amount, data) => {
  const prepare = IlpPacket.serializeIlpPrepare({
    destination,
    amount,
    executionCondition,
    expiresAt: new Date(Date.now() + 20000),
    data: Buffer.from(data || '', 'hex')
  })
  const response = IlpPacket.deserializeIlpPacket(await plugin.sendData(prepare))
  answer({
    type: response.typeString,
    code: response.data.code,
    triggeredBy: response.data.triggeredBy,
    message: response.data.message,
    data: response.data.data.toString('hex')
  })
}

plugin.registerDataHandler(async (packet) => {
  const { data } = IlpPacket.deserializeIlpPrepare(packet)
  return IlpPacket.serializeIlpFulfill({ fulfillment, data })
})

plugin.connect().then(details).catch((error) => {
  answer({ error: error.message })
  process.exit(1)
})

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, ...words] = line.split(' ')
  const done = command === 'send' ? send(...words) : details()
  done.catch((error) => answer({ error: error.message }))
})
