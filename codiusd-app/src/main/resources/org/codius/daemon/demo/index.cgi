#!/bin/sh
# The demo's one page, made anew for every request by busybox httpd.
printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
cat <<PAGE
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A Codius pod</title>
<link rel="stylesheet" href="/style.css">
<main>
<h1>Hello from inside a Codius pod</h1>
<p>This page was paid for over Interledger, and comes from a container that nobody
can change without changing its name:</p>
<p class="hash">${CODIUS_MANIFEST_HASH:-unknown}</p>
<dl>
<dt>Host</dt><dd>${CODIUS_HOST:-unknown}</dd>
<dt>Kernel</dt><dd>$(uname -sr)</dd>
<dt>Time here</dt><dd>$(date -u '+%Y-%m-%d %H:%M:%S UTC')</dd>
</dl>
<p>Reload it and look at the pod's log: each request is a line there.</p>
</main>
PAGE
