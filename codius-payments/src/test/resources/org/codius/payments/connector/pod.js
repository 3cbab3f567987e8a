// A pod that pays. Arguments: its BTP address, the Pay header, how much to pay, and for how many milliseconds to try.
// Answers with what it sent and how its connection ended.
'use strict'

const { createConnection } = require('ilp-protocol-stream')
const PluginBtp = require('ilp-plugin-btp')

const [server, pay, amount, timeout] = process.argv.slice(2)
const [, destinationAccount, secret] = pay.split(' ')

const answer = (object) => console.log(JSON.stringify(object))

const run = async () => {
  const plugin = new PluginBtp({ server, reconnectInterval: 50 })
  const connection = await createConnection({
    plugin,
    destinationAccount,
    sharedSecret: Buffer.from(secret, 'base64')
  })
  const stream = connection.createStream()
  try {
    await stream.sendTotal(amount, { timeout: Number(timeout) || 20000 })
    answer({ totalSent: stream.totalSent, isOpen: stream.isOpen() })
  } catch (error) {
    answer({ totalSent: stream.totalSent, isOpen: stream.isOpen(), error: error.message })
  }
}

run().catch((error) => {
  answer({ error: error.message })
  process.exit(1)
})
