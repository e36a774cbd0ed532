package main

import (
	"fmt"
	"io"
	"log"
	"os"
)

func main() {
	payload, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	if len(payload) == 0 {
		payload = []byte("World")
	}

	// The rest of the request is environment: METHOD, ROUTE, REQUEST_URL, HEADER_* and your config.
	greeting := "Hello"
	for _, name := range []string{"GREETING", "HEADER_X_GREETING"} {
		if value, ok := os.LookupEnv(name); ok {
			greeting = value
		}
	}

	fmt.Printf("%s %s\n%s %s\n", greeting, payload, os.Getenv("METHOD"), os.Getenv("ROUTE"))
}
