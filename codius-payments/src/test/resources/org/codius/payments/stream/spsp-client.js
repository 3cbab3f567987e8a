// Pays an SPSP endpoint: node spsp-client.js <btp url> <endpoint> <amount>
const { pay } = require('ilp-protocol-spsp')
const PluginBtp = require('ilp-plugin-btp')

const [server, receiver, sourceAmount] = process.argv.slice(2)

pay(new PluginBtp({ server }), { receiver, sourceAmount })
  .then(() => console.log(JSON.stringify({ event: 'paid' })))
  .catch(err => console.log(JSON.stringify({ event: 'error', message: err.stack })))
