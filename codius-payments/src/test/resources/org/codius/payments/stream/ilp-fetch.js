// Buys url with ilp-fetch: node ilp-fetch.js <btp url> <url> <pay token, hex> <max price>
const fetch = require('ilp-fetch')
const PluginBtp = require('ilp-plugin-btp')

const [server, url, payToken, maxPrice] = process.argv.slice(2)

async function main () {
  const plugin = new PluginBtp({ server })
  const result = await fetch(url, { plugin, maxPrice, payToken: Buffer.from(payToken, 'hex') })
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

main().catch(err => console.log(JSON.stringify({ status: 0, body: err.stack })))
