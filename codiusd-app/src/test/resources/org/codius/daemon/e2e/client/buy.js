// Buys with the original's own client library, ilp-fetch. The one argument is JSON:
//   {"url", "method", "body", "token" (32 hex digits), "maxPrice"}, and, to pay from another place than the environment
//   tells, {"server", "responseTimeout" (ms)}
// Prints JSON: {"status", "price", "body"}.
'use strict'
const fetch = require('ilp-fetch')
const PluginBtp = require('ilp-plugin-btp')

const order = JSON.parse(process.argv[2])

async function buy () {
  const answer = await fetch(order.url, {
    method: order.method,
    body: order.body && JSON.stringify(order.body),
    headers: { 'Content-Type': 'application/json', Accept: 'application/codius-v1+json' },
    maxPrice: order.maxPrice,
    plugin: order.server && new PluginBtp({ server: order.server, responseTimeout: order.responseTimeout }),
    payToken: Buffer.from(order.token, 'hex')
  })
  return { status: answer.status, price: answer.price, body: await answer.text() }
}

buy().then(
  result => {
    console.log(JSON.stringify(result))
    process.exit(0)
  },
  error => {
    console.error(error)
    process.exit(1)
  })
