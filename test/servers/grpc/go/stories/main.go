// Writes test/fixtures/hpack/stories.json: header blocks as an independent encoder makes them, connection by connection, with tables that
// grow, shrink and overflow. `go run ./stories >../../../fixtures/hpack/stories.json`
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"

	"golang.org/x/net/http2/hpack"
)

type block struct {
	Wire    string      `json:"wire"`
	Headers [][2]string `json:"headers"`
}

func headers(random *rand.Rand, number int) [][2]string {
	found := [][2]string{
		{":method", []string{"GET", "POST", "PUT"}[random.Intn(3)]},
		{":path", fmt.Sprintf("/items/%d?q=%x", random.Intn(50), random.Intn(1<<number%20+1))},
		{"user-agent", "story/1.0 (ü, ~^|)"},
		{fmt.Sprintf("x-%d", random.Intn(30)), string(bytes.Repeat([]byte{byte(32 + random.Intn(90))}, random.Intn(120)))},
	}
	return append(found, [2]string{"traceparent", fmt.Sprintf("00-%032x-%016x-01", random.Int63(), random.Int63())})
}

func main() {
	stories := [][]block{}
	for story := 0; story < 12; story++ {
		random := rand.New(rand.NewSource(int64(story)))
		var wire bytes.Buffer
		encoder := hpack.NewEncoder(&wire)
		encoder.SetMaxDynamicTableSizeLimit(16384)
		blocks := []block{}
		for number := 0; number < 25; number++ {
			if random.Intn(6) == 0 {
				encoder.SetMaxDynamicTableSize([]uint32{0, 100, 256, 4096, 16384}[random.Intn(5)])
			}
			fields := headers(random, number)
			for _, field := range fields {
				_ = encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1], Sensitive: random.Intn(9) == 0})
			}
			blocks = append(blocks, block{hex.EncodeToString(wire.Bytes()), fields})
			wire.Reset()
		}
		stories = append(stories, blocks)
	}
	_ = json.NewEncoder(os.Stdout).Encode(stories)
}
