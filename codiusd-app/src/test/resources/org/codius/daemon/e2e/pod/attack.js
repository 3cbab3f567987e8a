// Tries, as any page could, to pay over the visitor's local connector and to upload to the local host.
// The query names them: ?connector=PORT&api=PORT&names=HOST,HOST…
'use strict'
const query = new URLSearchParams(location.search)
const names = query.get('names').split(',')
const PATIENCE = 5000 // ms for one attempt

const sockets = names.map(name => `ws://${name}:${query.get('connector')}/`)

// Each as [what, URL, options for fetch].
const requests = names.flatMap(name => {
  const pods = `http://${name}:${query.get('api')}/pods?duration=60`
  const body = query.get('upload')
  const token = { 'Pay-Token': 'AAAAAAAAAAAAAAAAAAAAAA' }
  const json = { 'Content-Type': 'application/json' }
  return [
    ['simple POST', pods, { method: 'POST', body }],
    ['blind POST', pods, { method: 'POST', body, mode: 'no-cors' }],
    ['blind POST with credentials', pods, { method: 'POST', body, mode: 'no-cors', credentials: 'include' }],
    ['JSON POST', pods, { method: 'POST', body, headers: json }],
    ['paid POST', pods, { method: 'POST', body, headers: { ...json, ...token } }],
    ['PUT', pods, { method: 'PUT', headers: token }],
    ['OPTIONS', pods, { method: 'OPTIONS', body, headers: json }],
    ['GET info', `http://${name}:${query.get('api')}/info`, {}]
  ]
})

function tryOneSocket (url) {
  return new Promise(resolve => {
    const socket = new WebSocket(url)
    socket.onopen = () => resolve('opened')
    socket.onerror = () => resolve('refused')
    setTimeout(() => resolve('refused'), PATIENCE)
  })
}

async function tryOneRequest (url, options) {
  try {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE) })
    return answer.type === 'opaque' ? 'opaque' : `status ${answer.status}`
  } catch (error) {
    return 'refused'
  }
}

async function run () {
  const own = location.origin
  const outcome = [
    { what: 'own WebSocket', url: own, result: await tryOneSocket(own.replace('http', 'ws')) },
    { what: 'own page', url: own, result: await tryOneRequest(own, {}) }
  ]
  for (const url of sockets) {
    outcome.push({ what: 'WebSocket', url, result: await tryOneSocket(url) })
  }
  for (const [what, url, options] of requests) {
    outcome.push({ what, url, result: await tryOneRequest(url, options) })
  }
  await fetch('/report', { method: 'POST', body: JSON.stringify({ origin: location.origin, outcome }) })
}

run()
