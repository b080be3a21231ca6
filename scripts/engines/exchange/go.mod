module example.com/exchange

go 1.26.0

require github.com/opencontainers/go-digest v1.0.0
