// Prints the upload that the original's library makes of codius.json and codiusvars.json in this folder.
'use strict'
const { generateManifest } = require('codius-manifest')

generateManifest('codiusvars.json', 'codius.json').then(
  upload => console.log(JSON.stringify(upload, null, 2)),
  error => {
    console.error(error)
    process.exit(1)
  })
