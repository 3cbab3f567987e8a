// Buys url with ilp-fetch: node ilp-fetch.js <btp url> <url> <pay token, hex> <max price> [<how often>]
// The first time with this token, then with others. An answer for each.
const { randomBytes } = require('crypto')
const fetch = require('ilp-fetch')
const PluginBtp = require('ilp-plugin-btp')

const [server, url, payToken, maxPrice, times] = process.argv.slice(2)

async function buy (token) {
  const plugin = new PluginBtp({ server })
  const result = await fetch(url, { plugin, maxPrice, payToken: token })
  const { assetCode, assetScale } = result.destination || {}
  console.log(JSON.stringify({
    status: result.status,
    body: await result.text(),
    price: result.price,
    assetCode,
    assetScale
  }))
  await plugin.disconnect()
}

async function main () {
  await buy(Buffer.from(payToken, 'hex'))
  for (let i = 1; i < Number(times || 1); i++) {
    await buy(randomBytes(16))
  }
}

main().catch(err => console.log(JSON.stringify({ status: 0, body: err.stack })))
