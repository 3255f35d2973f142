package handlers

import (
	"context"
	"strings"
	"unicode/utf8"

	"pipewright/handlers/view"
	"pipewright/internal/sales"
)

// organiseForm asks for the rest of a command about teams or roles, such as "team add",
// unless the person may not do that anyway.
func (a *App) organiseForm(ctx context.Context, c *Call, what string) (Reply, error) {
	o, err := a.organisation(ctx)
	if err != nil {
		return Reply{}, err
	}
	if err := o.MayOrganise(c.User); err != nil {
		return Reply{}, err
	}
	if len(o.Teams) == 0 && strings.HasPrefix(what, "team ") {
		what = "team new" // there is nothing else to do yet
	}
	return Reply{Modal: view.OrganiseModal(c.Printer, view.OrganiseForm{What: what, Org: o})}, nil
}

// submitOrganise runs the command that the form stands for, as if it had been typed.
func (a *App) submitOrganise(ctx context.Context, c *Call) (Reply, error) {
	what := c.View.Meta
	if !view.HasOrganiseForm(what) {
		return Reply{}, sales.Refuse(sales.NotFound, "button.old")
	}
	words := []string{what, literally(c.Input("organise.key"))}
	switch {
	case strings.HasSuffix(what, " new"):
		words = append(words, literally(c.Input("organise.name")))
	case what == "team channel" && c.Input("organise.channel") == "":
		words = append(words, nothing[0])
	case what == "team channel":
		words = append(words, "<#"+c.Input("organise.channel")+">")
	default:
		words = append(words, mentions(c.Values["organise.people"]))
	}
	if why := c.Input("deal.because"); why != "" {
		words = append(words, because[0], why)
	}
	c.Name, c.Text = "process", strings.Join(words, " ")
	return c.formDone(a.command(ctx, c))
}

// literally is what somebody filled in as one word of a command, in quotes that it does not hold.
func literally(s string) string {
	for _, open := range `"「『` {
		if closing := quotes[open]; !strings.ContainsAny(s, closing) {
			end, _ := utf8.DecodeRuneInString(closing)
			return string(open) + s + string(end)
		}
	}
	return `"` + strings.NewReplacer(`"`, "'", "“", "'", "”", "'").Replace(s) + `"`
}
