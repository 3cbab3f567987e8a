// Opens a stream and waits: node stream-client.js <btp url> <Pay header> <send max>
const { createConnection } = require('ilp-protocol-stream')
const PluginBtp = require('ilp-plugin-btp')

const [server, pay, sendMax] = process.argv.slice(2)
const [, destinationAccount, secret] = pay.split(' ')

async function main () {
  const plugin = new PluginBtp({ server })
  const connection = await createConnection({
    plugin,
    destinationAccount,
    sharedSecret: Buffer.from(secret, 'base64')
  })
  connection.on('error', err => console.log(JSON.stringify({ event: 'error', message: err.message })))
  const stream = connection.createStream()
  stream.setSendMax(sendMax)
  stream.on('data', data => console.log(JSON.stringify({ event: 'data', data: data.toString('hex') })))
  stream.on('outgoing_money', () => console.log(JSON.stringify({ event: 'sent', totalSent: stream.totalSent })))
  connection.on('close', () => console.log(JSON.stringify({ event: 'end', totalSent: stream.totalSent })))
}

main().catch(err => console.log(JSON.stringify({ event: 'error', message: err.stack })))
