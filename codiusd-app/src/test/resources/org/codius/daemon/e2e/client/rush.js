// Many payers at once, each with a connection of its own and ilp-fetch:
//   rush.js BTP-URL HOST-URL IMAGE PAYERS UPLOADS MAX-PRICE
// Prints, for each upload, its HTTP status and what it cost or why it failed (JSON), and at last how long all took (ms).
'use strict'
const fetch = require('ilp-fetch')
const PluginBtp = require('ilp-plugin-btp')

const [server, host, image, payers, uploads, maxPrice] = process.argv.slice(2)

async function upload (payer, i) {
  const plugin = new PluginBtp({ server: server.replace('//', `//:payer-${payer}-${i}@`) })
  const name = `payer-${payer}-upload-${i}`
  const result = await fetch(host + '/pods?duration=600', {
    plugin,
    maxPrice,
    method: 'POST',
    timeout: 70000,
    headers: { 'Content-Type': 'application/json', Accept: 'application/codius-v1+json' },
    body: JSON.stringify({
      manifest: { name, version: '1.0.0', machine: 'tiny', containers: [{ id: 'app', image }] },
      private: {}
    })
  })
  const sold = { status: result.status, price: result.price, body: await result.text() }
  await plugin.disconnect()
  return sold
}

async function pay (payer) {
  for (let i = 0; i < Number(uploads); i++) {
    const sold = await upload(payer, i).catch(error => ({ status: 0, body: error.stack }))
    console.log(JSON.stringify(sold))
  }
}

const began = Date.now()
Promise.all(Array.from({ length: Number(payers) }, (none, payer) => pay(payer)))
  .then(() => {
    console.log(Date.now() - began)
    process.exit(0) // the library's timers would keep it for another minute and a half
  })
