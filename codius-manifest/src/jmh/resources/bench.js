// Prints the microseconds npm codius-manifest takes to hash a parsed manifest.
// Usage: node bench.js <folder with node_modules> <request.json>
'use strict'
const fs = require('fs')
const path = require('path')
const { hashManifest } = require(path.join(process.argv[2], 'node_modules', 'codius-manifest'))

const { manifest } = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'))

function round (millis) {
  const end = process.hrtime.bigint() + BigInt(millis) * 1000000n
  const start = process.hrtime.bigint()
  let count = 0
  while (process.hrtime.bigint() < end) {
    for (let i = 0; i < 50; i++) hashManifest(manifest)
    count += 50
  }
  return Number(process.hrtime.bigint() - start) / 1000 / count
}

round(3000)
const rounds = [1, 2, 3, 4, 5].map(() => round(1000)).sort((a, b) => a - b)
console.log(rounds[2])
