// Decodes secrets as the ECS agent does, with the JSON package that it is compiled with: keys match in any case, of several that
// match the last counts, other keys are ignored, and what is no string is an error.
//
// Its own code would be better still, but the Go module proxy refuses github.com/aws/amazon-ecs-agent (403). What it does between
// Secrets Manager and the container engine is in these lines, with the texts that its users see:
// https://github.com/aws/amazon-ecs-agent/blob/master/agent/asm/asm.go (extractASMValue)
//
// Takes a JSON array of what GetSecretValue gave, and writes an array of the same length.
package main

import (
	"encoding/json"
	"log"
	"os"
)

// What the agent looks at. It has no eye for SecretBinary.
type answer struct {
	SecretString *string
}

type credentials struct {
	Username *string
	Password *string
}

type outcome struct {
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

func decode(from answer) outcome {
	if textOf(from.SecretString) == "" {
		return outcome{Problem: "asm fetching authorization data: empty secrets value"}
	}
	var found credentials
	if json.Unmarshal([]byte(*from.SecretString), &found) != nil {
		return outcome{Problem: "asm fetching authorization data: unable to unmarshal secret value, invalid schema"}
	}
	username, password := textOf(found.Username), textOf(found.Password)
	switch {
	case username == "":
		return outcome{Problem: "asm fetching username: AuthorizationData is malformed, empty field"}
	case password == "":
		return outcome{Problem: "asm fetching password: AuthorizationData is malformed, empty field"}
	}
	return outcome{Username: username, Password: password}
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func main() {
	var answers []answer
	if err := json.NewDecoder(os.Stdin).Decode(&answers); err != nil {
		log.Fatal(err)
	}
	outcomes := []outcome{}
	for _, one := range answers {
		outcomes = append(outcomes, decode(one))
	}
	if err := json.NewEncoder(os.Stdout).Encode(outcomes); err != nil {
		log.Fatal(err)
	}
}
