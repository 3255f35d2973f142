// Package playground is a Slack-compatible workspace in this process, with a web page: a bot is tried and
// tested against it without an account. It meets the bot only as Slack does, over HTTP and WebSocket, and
// enforces what Slack enforces.
package playground
