// A peer that speaks ILP over HTTP by the original's plugin. Arguments: the port it listens on, our
// URL, the token we show it, the token it shows us.
// As our parent it answers IL-DCP. It fulfils whatever arrives and sends the data back. Told
// "send <destination> <amount> <data in hex>", it sends a Prepare and answers with how it ended.
'use strict'

const crypto = require('crypto')
const readline = require('readline')
const Koa = require('koa')
const PluginHttp = require('ilp-plugin-http')
const IlDcp = require('ilp-protocol-ildcp')
const IlpPacket = require('ilp-packet')

// The plugin listens on every interface; here it is for this machine only.
const listen = Koa.prototype.listen
Koa.prototype.listen = function (port) { return listen.call(this, port, '127.0.0.1') }

const [port, url, incoming, outgoing] = process.argv.slice(2)
const fulfillment = Buffer.alloc(32)
const executionCondition = crypto.createHash('sha256').update(fulfillment).digest()
const plugin = new PluginHttp({
  incoming: { port: Number(port), staticToken: incoming },
  outgoing: { url, staticToken: outgoing }
})

const answer = (object) => console.log(JSON.stringify(object))

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
    data: response.data.data.toString('hex')
  })
}

plugin.registerDataHandler(async (packet) => {
  const { destination, data } = IlpPacket.deserializeIlpPrepare(packet)
  if (destination === 'peer.config') {
    return IlDcp.serializeIldcpResponse({
      clientAddress: 'test.parent.child', assetScale: 9, assetCode: 'XRP'
    })
  }
  return IlpPacket.serializeIlpFulfill({ fulfillment, data })
})

plugin.connect().then(() => {
  const ready = () => answer({ ready: true })
  if (plugin._httpServer.listening) ready()
  else plugin._httpServer.on('listening', ready)
})

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [, ...words] = line.split(' ')
  send(...words).catch((error) => answer({ error: error.message }))
})
