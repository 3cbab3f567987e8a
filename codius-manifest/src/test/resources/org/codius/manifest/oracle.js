// What npm codius-manifest makes of each line of standard input: a JSON document in Base64.
// Usage: node oracle.js <folder with node_modules>
'use strict'
const path = require('path')
const readline = require('readline')
const { hashManifest, validateGeneratedManifest } =
  require(path.join(process.argv[2], 'node_modules', 'codius-manifest'))

readline.createInterface({ input: process.stdin }).on('line', line => {
  const document = JSON.parse(Buffer.from(line, 'base64').toString('utf8'))
  const answer = {
    hash: hashManifest(document),
    json: JSON.stringify(document),
    errors: validateGeneratedManifest(document)
  }
  process.stdout.write(Buffer.from(JSON.stringify(answer)).toString('base64') + '\n')
})
