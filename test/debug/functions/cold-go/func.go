package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	payload, _ := io.ReadAll(os.Stdin)
	answer := "Hello " + string(payload)
	fmt.Print(answer)
}
