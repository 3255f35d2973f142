package main

import (
	"slices"

	"pipewright/bot/playground"
	"pipewright/internal/sales"
)

// People, channels and groups of the company in the playground.
const (
	userAna  = "U0ANA00001"
	userBo   = "U0BO000002"
	userMia  = "U0MIA00003"
	userRaj  = "U0RAJ00004"
	userLin  = "U0LIN00005"
	userLeo  = "U0LEO00006"
	userEva  = "U0EVA00007"
	userSam  = "U0SAM00008"
	userIne  = "U0INE00009"
	userNoor = "U0NOR00010"
	userTom  = "U0TOM00011"

	channelGeneral = "C0GENERAL1"
	channelDeals   = "C0DEALS002"
	channelNorth   = "C0NORTH003"

	groupLegal = "S0LEGAL001"

	companyZone = "Europe/Berlin"
)

// company is who works in the playground's workspace: two reps and their
// manager, those who decide on quotes and contracts, and sales operations.
func company() playground.Workspace {
	const shanghai = "Asia/Shanghai"
	return playground.Workspace{
		Name: "Brightwater", Domain: "brightwater", Locale: "en-US",
		Users: []playground.User{
			{ID: userAna, Name: "ana", RealName: "Ana Silva", Title: "Sales representative", TZ: companyZone},
			{ID: userMia, Name: "mia", RealName: "Mia Keller", Title: "Sales manager", TZ: companyZone},
			{ID: userBo, Name: "bo", RealName: "陈博 Bo Chen", Title: "销售代表 · Sales representative", Locale: "zh-CN", TZ: shanghai},
			{ID: userRaj, Name: "raj", RealName: "Raj Patel", Title: "Product", Locale: "en-GB", TZ: "Europe/London"},
			{ID: userLin, Name: "lin", RealName: "林悦 Lin Yue", Title: "定价 · Pricing", Locale: "zh-CN", TZ: shanghai},
			{ID: userLeo, Name: "leo", RealName: "Leo Costa", Title: "Legal", TZ: companyZone},
			{ID: userEva, Name: "eva", RealName: "Eva Novak", Title: "Managing director", TZ: companyZone},
			{ID: userIne, Name: "ines", RealName: "Ines Moreau", Title: "Sales manager, South", TZ: companyZone},
			{ID: userNoor, Name: "noor", RealName: "Noor Haddad", Title: "Sales representative", TZ: companyZone},
			{ID: userTom, Name: "tom", RealName: "Tom Ellis", Title: "Sales representative", Locale: "en-GB", TZ: "Europe/London"},
			{ID: userSam, Name: "sam", RealName: "Sam Taylor", Title: "Sales operations", TZ: companyZone, Admin: true},
		},
		Channels: []playground.Channel{
			{ID: channelGeneral, Name: "general", Topic: "For everybody"},
			{ID: channelDeals, Name: "deals", Topic: "One card for each deal, its story in the thread"},
			{ID: channelNorth, Name: "team-north", Topic: "Ana, Bo and Mia", Members: []string{userAna, userBo, userMia, userSam, appName}},
		},
		UserGroups: []playground.UserGroup{
			{ID: groupLegal, Handle: "legal", Name: "Legal", Users: []string{userLeo}},
		},
	}
}

// companyMap is the shipped map with the company's people in their roles.
func companyMap() *sales.Map {
	m := sales.Shipped()
	m.Organisation.Teams = []sales.Team{
		{Key: "north", Name: sales.Text{"en": "North", "zh": "北区"}, Manager: userMia, Members: []string{userAna, userBo}},
		{Key: "south", Name: sales.Text{"en": "South", "zh": "南区"}, Manager: userIne, Members: []string{userNoor, userTom}},
	}
	m.Organisation.Roles = append(m.Organisation.Roles,
		sales.Role{Key: sales.RoleRep, Name: sales.Text{"en": "Rep", "zh": "销售代表"}},
		sales.Role{Key: sales.RoleManager, Name: sales.Text{"en": "Manager", "zh": "销售主管"}})
	rates := map[string]float64{
		"rep": 60, "manager": 90, "product": 80, "pricing": 75, "legal": 110, "executive": 160, "delivery": 70, "finance": 65,
	}
	holders := map[string][]string{
		"product": {userRaj}, "pricing": {userLin}, "executive": {userEva}, "delivery": {userRaj}, "finance": {userSam},
	}
	for i, r := range m.Organisation.Roles {
		m.Organisation.Roles[i].Users, m.Organisation.Roles[i].Rate = holders[r.Key], rates[r.Key]
		if r.Key == "legal" {
			m.Organisation.Roles[i].Groups = []string{groupLegal}
		}
	}
	for i, p := range m.Processes {
		own := *p
		own.Calendar.Zone = companyZone
		own.Policies = patient(own.Policies)
		m.Processes[i] = &own
	}
	return m
}

// patient is the policies without a way round pricing: in this company the price waits for one
// person, and for long. That is what its reports are to show.
func patient(policies []sales.Policy) []sales.Policy {
	const longest = 60
	out := slices.Clone(policies)
	for i := range out {
		out[i].Expire, out[i].Steps = longest, slices.Clone(out[i].Steps)
		for j, s := range out[i].Steps {
			if slices.Contains(s.Roles, "pricing") {
				out[i].Steps[j].Escalate = sales.Escalation{}
			}
		}
	}
	return out
}
