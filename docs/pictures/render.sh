#!/bin/sh
# Renders the pictures of the documents: npm and PyPI show neither SVG files of a repository nor mermaid.
# On Debian: apt-get install librsvg2-bin pngquant fonts-dejavu-core
set -eu
cd "$(dirname "$0")"
for picture in *.svg; do
  rsvg-convert --zoom 2 "$picture" | pngquant --strip 32 - > "${picture%.svg}.png"
done
