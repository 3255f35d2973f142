package sales

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func baseMap(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// problemsOf reads and checks a map, as the program does.
func problemsOf(file string, known Known) []Problem {
	m, problems := ParseMap([]byte(file))
	if m != nil {
		problems = append(problems, Check(m, known)...)
	}
	return problems
}

func TestBaseMapHasNoProblem(t *testing.T) {
	if got := problemsOf(baseMap(t), Known{}); len(got) > 0 {
		t.Fatalf("the map that every mistake is made in has problems of its own: %v", got)
	}
}

// mistake is one change of the base map. The line that is to be named carries
// the marker, a YAML comment; the text "" puts the change at the end.
type mistake struct {
	code  string // with "?" when it is a warning
	was   string
	is    string
	also  replacing // another change that belongs to it
	facts string    // facts as fmt prints them must contain this
	known Known
}

// replacing is one text in the place of another.
type replacing struct{ was, is string }

const here = "#HERE"

// current is the base process in force, with deals in its stages.
func current(deals map[string]int) Known {
	m, _ := ParseMap(must(os.ReadFile("testdata/base.yaml")))
	return Known{
		Organisation: m.Organisation,
		Current:      map[string]*Process{"sell": m.Processes[0]},
		DealsIn:      map[string]map[string]int{"sell": deals},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var leadStage = "    - key: lead\n"

var mistakes = []mistake{
	// The file.
	{code: "yaml.syntax", was: "  key: sell\n", is: "  key: [sell\n"},
	{code: "yaml.documents", was: "", is: "--- #HERE\nkey: x\n"},
	{code: "key.unknown", was: "      target: 2d", is: "      tarjet: 2d #HERE", facts: "nearest:target"},
	{code: "key.repeated", was: "      target: 2d", is: "      target: 2d\n      target: 3d #HERE", facts: "line:46"},
	{code: "value.type", was: "      target: 2d", is: "      target: soon #HERE", facts: "want:days"},
	{code: "value.type", was: "      who: [rep]\n      target", is: "      who: {rep: 1} #HERE\n      target", facts: "want:list"},
	{code: "value.type", was: "minutes: 15", is: "minutes: 1.5", facts: "want:whole number"},
	{code: "value.type", was: "      won: true", is: "      won: perhaps #HERE", facts: "want:true or false"},
	{code: "value.type", was: "      rate: 80", is: "      rate: lots #HERE", facts: "want:number"},
	{code: "value.type", was: "  key: sell", is: "  key: [sell] #HERE", facts: "want:text"},
	{code: "value.type", was: "    - {key: price, name: {en: Too expensive, zh: 太贵}}", is: "    - price #HERE", facts: "want:mapping"},
	{code: "text.language", was: "name: {en: Lead, zh: 线索}", is: "name: {en: Lead, zh: 线索, fr: Piste} #HERE", facts: "fr"},

	// Keys and names.
	{code: "value.missing", was: leadStage + "      name", is: "    - name", facts: "part:key"},
	{code: "value.missing", was: "  currency: EUR\n", is: "", facts: "part:currency"},
	{code: "value.missing", was: "      name: {en: Lead, zh: 线索}\n", is: "", facts: "part:name"},
	{code: "value.advised?", was: "      what: {en: Call them, zh: 打电话}\n", is: "", facts: "part:what"},
	{code: "value.advised?", was: "      who: [rep]\n      target", is: "      target", facts: "part:who"},
	{code: "list.empty", was: "    - {key: price, name: {en: Too expensive, zh: 太贵}}\n", is: "", facts: "part:reasons"},
	{code: "list.empty", was: "          roles: [pricing]\n", is: "", facts: "part:roles"},
	{code: "key.form", was: leadStage, is: "    - key: Lead Stage #HERE\n", facts: "what:stage"},
	{code: "key.form", was: "    - key: seats\n", is: "    - key: no-seats #HERE\n", facts: "what:field"},
	{code: "key.form", was: "  key: sell\n", is: "  key: Selling! #HERE\n", facts: "what:process"},
	{code: "key.taken", was: "    - key: signed\n", is: "    - key: offer #HERE\n", facts: "line:54"},
	{code: "key.taken", was: "    - key: legal\n", is: "    - key: pricing #HERE\n", facts: "what:role"},
	{code: "key.reserved", was: "    - key: seats\n", is: "    - key: amount #HERE\n"},
	{code: "key.reserved", was: "    - key: offer\n", is: "    - key: lost #HERE\n"},
	{code: "key.reserved", was: "    - key: offer\n", is: "    - key: won #HERE\n"},
	{code: "name.reserved", was: "name: {en: Bot, zh: 机器人}", is: "name: {en: Undo, zh: 机器人}", facts: "name:Undo"},
	{code: "name.ambiguous", was: "name: {en: Offer, zh: 报价}", is: "name: {en: Offer, zh: 线索} #HERE", facts: "other:lead"},
	{code: "name.ambiguous", was: "name: {en: Bot, zh: 机器人}", is: "name: {en: PHONE, zh: 机器人}", facts: "other:call"},
	{code: "text.missing?", was: "      what: {en: Call them, zh: 打电话}", is: "      what: {en: Call them} #HERE", facts: "language:zh"},
	{code: "number.negative", was: "      target: 2d", is: "      target: -2 #HERE"},
	{code: "number.negative", was: "      rate: 80", is: "      rate: -80 #HERE"},
	{code: "number.range", was: "      target: 2d", is: "      target: 5000 #HERE", facts: "max:1000"},
	{code: "number.range", was: "minutes: 15", is: "minutes: 2000", facts: "max:1440"},

	// The organisation.
	{code: "user.form", was: "      manager: UMAYA", is: "      manager: maya #HERE"},
	{code: "group.form", was: "      groups: [SPRICE]", is: "      groups: [pricing] #HERE"},
	{code: "group.form", was: "          roles: [pricing]\n", is: "          groups: ['@pricing'] #HERE\n", facts: "group:@pricing"},
	{code: "group.unseen?", was: "          roles: [pricing]\n", is: "          groups: [SNOBODY] #HERE\n", known: mirrored(nil), facts: "group:SNOBODY"},
	{code: "group.unseen?", was: "      groups: [SPRICE]\n", is: "      groups: [SPRICES] #HERE\n", known: mirrored(nil), facts: "group:SPRICES"},
	{code: "group.empty?", was: "          roles: [pricing]\n", is: "          roles: [pricing]\n          groups: [SPRICE] #HERE\n", known: mirrored(nil), facts: "group:@pricing"},
	{code: "channel.form", was: "      channel: CNORTH", is: "      channel: '#north' #HERE"},
	{code: "member.twice?", was: "  roles:\n    - key: pricing", is: "    - key: south\n      name: {en: South, zh: 南区}\n      members: [UREP1] #HERE\n  roles:\n    - key: pricing", facts: "other:north"},
	{code: "role.unknown", was: "      who: [rep]\n      target", is: "      who: [rep, pricng] #HERE\n      target", facts: "nearest:pricing"},
	{code: "role.unknown", was: "          roles: [pricing]", is: "          roles: [finance] #HERE"},
	{code: "role.unknown", was: "  roles: [rep, pricing, legal]", is: "  roles: [rep, pricing, law] #HERE"},
	{code: "role.empty?", was: "      users: [ULEO, ULIN]\n", is: "", facts: "role:legal"},
	{code: "role.needed", was: "  key: sell\n", is: "  key: other\n", facts: "process:sell role:lawyer", known: needsLawyer()},

	// A process.
	{code: "currency.unknown", was: "  currency: EUR", is: "  currency: eur #HERE", facts: "nearest:EUR"},
	{code: "currency.unknown", was: "  currency: EUR", is: "  currency: RMB #HERE", facts: "nearest:CNY"},
	{code: "zone.unknown", was: "    zone: Europe/Berlin", is: "    zone: Europe/Berln #HERE"},
	{code: "hours.form", was: "    hours: 09:00-18:00", is: "    hours: 18:00-09:00 #HERE"},
	{code: "day.unknown", was: "    days: [mon,", is: "    days: [monday,", facts: "nearest:mon"},
	{code: "date.form", was: "    holidays: [2026-12-25]", is: "    holidays: [25.12.2026] #HERE"},
	{code: "date.twice", was: "    extra_days: [2026-12-12]", is: "    extra_days: [2026-12-25] #HERE"},
	{code: "default.several", was: "", is: "processes:\n  - {key: b, default: true, name: B, currency: EUR} #HERE\n", facts: "other:sell"},
	{code: "default.several", was: "  key: sell\n", is: "  key: other\n", facts: "other:sell", known: current(nil)},
	{code: "default.none?", was: "  key: sell\n", is: "  key: other\n", facts: "", known: withoutDefault()},
	{code: "field.type", was: "      type: choice", is: "      type: choise #HERE", facts: "nearest:choice"},
	{code: "field.options", was: "      type: number\n  stages", is: "      type: choice\n  stages", facts: "seats"},
	{code: "field.conflict", was: "{key: volume, name: {en: Volume, zh: 数量}, type: number}", is: "{key: region, name: {en: Volume, zh: 数量}, type: number} #HERE"},
	{code: "field.retyped?", was: "      type: number\n  stages", is: "      type: text #HERE\n  stages", facts: "was:number", known: current(nil)},
	{code: "stage.unknown", was: "      affects: [offer]", is: "      affects: [ofer] #HERE", facts: "nearest:offer"},
	{code: "stage.unknown", was: "      affects: [offer]", is: "      affects: [zzzzz] #HERE", facts: "known:[lead offer"},
	{code: "gate.unknown_activity", was: "{type: call, at_least: 2, since: ever}", is: "{type: zzzzz, at_least: 2, since: ever} #HERE", facts: "known:[call"},
	{code: "condition.invalid", was: "          when: discount > 10 || volume > 100", is: "          when: bogus > 10 #HERE", facts: "known:[account amount"},
	{code: "stage.unknown", was: "  quiet_after: 4d", is: "  quiet_after: 4d\n  moved: {demo: ofer} #HERE", facts: "stage:ofer"},
	{code: "stage.itself", was: "      affects: [offer]", is: "      affects: [lead] #HERE"},
	{code: "stage.unreachable", was: "        fields: [amount, region]", is: "        fields: [amount, regoin]", facts: "stage:offer"},
	{code: "stage.removed", was: leadStage, is: "    - key: start\n", facts: "deals:3", known: current(map[string]int{"lead": 3})},
	{code: "stage.crosses", was: leadStage, is: "    - key: start\n", facts: "won:true", known: current(map[string]int{"lead": 3})},
	{code: "moved.present", was: "  quiet_after: 4d", is: "  quiet_after: 4d\n  moved: {lead: offer} #HERE"},
	{code: "won.missing", was: "      won: true\n", is: ""},
	{code: "won.several", was: "      target: 4h", is: "      target: 4h\n      won: true", facts: "other:offer"},
	{code: "won.first", was: "      target: 2d", is: "      won: true #HERE"},
	{code: "url.form", was: `url: "https://example.com/script"`, is: `url: "example.com/script"`},
	{code: "symbol.form", was: `symbol: ":phone:"`, is: `symbol: phone`},

	// Gates, conditions and policies.
	{code: "gate.unknown_field", was: "        fields: [amount, region]", is: "        fields: [amount, regoin] #HERE", facts: "nearest:region"},
	{code: "gate.unknown_activity", was: "{type: call, at_least: 2, since: ever}", is: "{type: cal, at_least: 2, since: ever} #HERE", facts: "nearest:call"},
	{code: "gate.unknown_approval", was: "{kind: quote, when: amount > 1000}", is: "{kind: quota, when: amount > 1000} #HERE", facts: "nearest:quote"},
	{code: "gate.automatic", was: "{type: call, at_least: 2, since: ever}", is: "{type: bot, at_least: 2, since: ever} #HERE"},
	{code: "gate.count", was: "{type: call, at_least: 2, since: ever}", is: "{type: call, at_least: 0, since: ever} #HERE"},
	{code: "gate.count", was: "{type: call, at_least: 2, since: ever}", is: "{type: call, at_least: 200, since: ever} #HERE"},
	{code: "gate.since", was: "{type: call, at_least: 2, since: ever}", is: "{type: call, at_least: 2, since: stages} #HERE", facts: "nearest:stage"},
	{code: "gate.repeated", was: "        fields: [amount, region]", is: "        fields: [amount, amount]", facts: "need:field:amount"},
	{code: "condition.invalid", was: "          when: discount > 10 || volume > 100", is: "          when: discuont > 10 #HERE", facts: "name:discuont nearest:discount"},
	{code: "condition.invalid", was: "          when: discount > 10 || volume > 100", is: "          when: discount > #HERE", facts: "column:10"},
	{code: "condition.invalid", was: "          when: discount > 10 || volume > 100", is: "          when: discount + 1 #HERE", facts: "reason:not true or false"},
	{code: "condition.invalid", was: "{kind: quote, when: amount > 1000}", is: "{kind: quote, when: volume > 1000} #HERE", facts: "name:volume"},
	{code: "condition.impossible", was: "          when: discount > 10 || volume > 100", is: "          when: amount > 10 && amount < 5 #HERE"},
	{code: "condition.impossible", was: "          when: discount > 10 || volume > 100", is: "          when: region == 'emaa' #HERE"},
	{code: "condition.impossible", was: "          when: discount > 10 || volume > 100", is: "          when: stage in ['led', 'ofer'] #HERE"},
	{code: "condition.always?", was: "          when: discount > 10 || volume > 100", is: "          when: amount >= 0 #HERE"},
	{code: "material.unknown", was: "      required: [amount, volume]", is: "      required: [amount, volume]\n      material: [amuont] #HERE", facts: "nearest:amount"},
	{code: "number.negative", was: "      required: [amount, volume]", is: "      required: [amount, volume]\n      confirm_above: -1 #HERE"},
	{code: "field.type", was: "    - key: seats\n      name: {en: Seats, zh: 席位}\n      type: number", is: "    - key: seats\n      name: {en: Seats, zh: 席位}\n      type: file #HERE", facts: "type:file"},
	{code: "exact.unknown", was: "      required: [amount, volume]", is: "      required: [amount, volume]\n      exact: [volume] #HERE", facts: "nearest:"},
	{code: "required.unknown", was: "      required: [amount, volume]", is: "      required: [amount, volumen] #HERE", facts: "nearest:volume"},
	{code: "step.nobody", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "", facts: "step:price"},
	{code: "step.nobody", was: "          roles: [pricing]\n", is: "          groups: [SPRICE] #HERE\n", known: mirrored(nil), facts: "groups:[@pricing] policy:quote"},
	{code: "step.nobody", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      groups: [SPRICE]\n", known: mirrored(nil), facts: "groups:[@pricing] policy:quote"},
	{code: "role.empty?", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      groups: [SPRICE]\n", known: mirrored(nil), facts: "groups:[@pricing] role:pricing"},
	{code: "step.sole?", was: "          roles: [pricing]\n", is: "          groups: [SPRICE] #HERE\n", known: mirrored([]string{"UREP1"}), facts: "user:UREP1"},
	{code: "step.short?", was: "          roles: [pricing]\n", is: "          rule: each #HERE\n          roles: [pricing]\n          groups: [SPRICE]\n", known: mirrored([]string{"UREP1"}), facts: "users:[UREP1]"},
	{code: "step.few", was: "          roles: [pricing]\n", is: "          rule: each #HERE\n          roles: [pricing]\n          groups: [SPRICE]\n", known: mirrored(nil), facts: "n:2"},
	{code: "escalate.nobody", was: "          target: 1d\n", is: "          escalate: {after: 1d, to: SPRICE} #HERE\n", known: mirrored(nil), facts: "step:price"},
	{code: "policy.few?", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      users: [UPIA]\n", also: replacing{"      required: [amount, volume]\n      steps:\n", "      required: [amount, volume]\n      distinct: yes #HERE\n      steps:\n        - {key: first, name: {en: First, zh: 甲}, roles: [pricing]}\n"}, facts: "policy:quote"},
	{code: "policy.short?", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      users: [UREP1, UPIA]\n", also: replacing{"      required: [amount, volume]\n      steps:\n", "      required: [amount, volume]\n      distinct: yes #HERE\n      steps:\n        - {key: first, name: {en: First, zh: 甲}, roles: [pricing]}\n"}, facts: "users:[UREP1]"},
	{code: "step.manager?", was: "          roles: [pricing]\n", is: "          manager: true #HERE\n", facts: "users:[UMAYA]"},
	{code: "step.short?", was: "          roles: [pricing]\n", is: "          manager: true\n          rule: 2 #HERE\n", known: administered("UADA"), facts: "users:[UREP1 UREP2 UMAYA UADA]"},
	{code: "step.admins?", was: "    - key: legal\n", is: "    - {key: law, name: {en: Law, zh: 法}}\n    - key: legal\n", also: replacing{"          roles: [pricing]\n", "          roles: [admin, law] #HERE\n"}, facts: "step:price"},
	{code: "step.rule", was: "          roles: [pricing]\n", is: "          roles: [pricing]\n          rule: most #HERE\n", facts: "rule:most"},
	{code: "step.rule", was: "          roles: [pricing]\n", is: "          roles: [pricing]\n          rule: 0 #HERE\n", facts: "rule:0"},
	{code: "step.few", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      users: [UPIA, UPAT]\n", also: replacing{"          roles: [pricing]\n", "          roles: [pricing]\n          rule: 3 #HERE\n"}, facts: "n:2"},
	{code: "step.short?", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      users: [UPIA, UREP1]\n", also: replacing{"          roles: [pricing]\n", "          roles: [pricing]\n          rule: 2 #HERE\n"}, facts: "users:[UREP1]"},
	{code: "step.parallel?", was: "          roles: [pricing]\n", is: "          roles: [pricing]\n          parallel: yes #HERE\n", facts: "step:price"},
	{code: "user.form", was: "          roles: [pricing]\n", is: "          users: [pia] #HERE\n", facts: "user:pia"},
	{code: "list.empty", was: "          roles: [pricing]\n", is: "", facts: "part:roles"},
	{code: "role.unknown", was: "          target: 1d\n", is: "          escalate: {after: 1d, to: [leagl]} #HERE\n", facts: "nearest:legal"},
	{code: "value.missing", was: "          target: 1d\n", is: "          escalate: {to: legal} #HERE\n", facts: "part:after"},
	{code: "list.empty", was: "          target: 1d\n", is: "          escalate: {after: 1d} #HERE\n", facts: "part:to"},
	{code: "number.negative", was: "          target: 1d\n", is: "          remind: -1 #HERE\n"},
	{code: "number.range", was: "      required: [amount, volume]", is: "      expire: 2000d #HERE\n      required: [amount, volume]", facts: "part:expire"},
	{code: "escalate.nobody", was: "          target: 1d\n", is: "          escalate: {after: 1d, to: [law]} #HERE\n", also: replacing{"    - key: legal\n", "    - {key: law, name: {en: Law, zh: 法}}\n    - key: legal\n"}, facts: "step:price"},
	{code: "escalate.same?", was: "          target: 1d\n", is: "          escalate: {after: 1d, to: [UPIA]} #HERE\n", facts: "policy:quote"},
	{code: "escalate.sole?", was: "          target: 1d\n", is: "          escalate: {after: 1d, to: [UREP1]} #HERE\n", facts: "user:UREP1"},
	{code: "escalate.late?", was: "          target: 1d\n", is: "          escalate: {after: 8d, to: manager} #HERE\n", also: replacing{"      required: [amount, volume]", "      expire: 5d\n      required: [amount, volume]"}, facts: "step:price"},
	{code: "step.admins?", was: "          roles: [pricing]", is: "          roles: [admin] #HERE", facts: "step:price"},
	{code: "step.sole?", was: "      users: [UPIA, UPAT]\n      groups: [SPRICE]\n", is: "      users: [UREP1]\n", facts: "user:UREP1"},
}

// mirrored is the base process in force, with the members of @pricing as the bot saw them.
func mirrored(members []string) Known {
	k := current(nil)
	o := *k.Organisation
	o.Groups, o.Handles = map[string][]string{"SPRICE": members}, map[string]string{"SPRICE": "pricing"}
	k.Organisation = &o
	return k
}

// administered is the base process in force, with admins.
func administered(admins ...string) Known {
	k := current(nil)
	o := *k.Organisation
	o.Admins = admins
	k.Organisation = &o
	return k
}

func needsLawyer() Known {
	k := current(nil)
	p := *k.Current["sell"]
	p.Default = false
	p.Roles = []string{"lawyer"}
	k.Current["sell"] = &p
	return k
}

func withoutDefault() Known {
	k := needsLawyer()
	k.Current["sell"].Roles = nil
	return k
}

func TestCheckNamesEveryMistakeAndItsLine(t *testing.T) {
	for i, m := range mistakes {
		t.Run(fmt.Sprintf("%02d-%s", i, m.code), func(t *testing.T) {
			file := baseMap(t)
			switch {
			case m.was == "":
				file += m.is
			case strings.Count(file, m.was) != 1:
				t.Fatalf("%q stands %d times in the base map", m.was, strings.Count(file, m.was))
			default:
				file = strings.Replace(file, m.was, m.is, 1)
			}
			file = strings.Replace(file, m.also.was, m.also.is, 1)
			if m.code == "default.none?" {
				file = strings.Replace(file, "  default: true\n", "", 1)
			}
			if m.code == "stage.crosses" {
				file = strings.Replace(file, "  quiet_after: 4d", "  quiet_after: 4d\n  moved: {lead: signed} #HERE", 1)
			}
			problems := problemsOf(file, m.known)
			code, warning := strings.CutSuffix(m.code, "?")
			at := slices.IndexFunc(problems, func(p Problem) bool { return p.Code == code })
			if at < 0 {
				t.Fatalf("not found; there are %v", problems)
			}
			got := problems[at]
			if got.Warning != warning {
				t.Errorf("Warning = %v", got.Warning)
			}
			if line := markedLine(file); line > 0 && got.Line != line {
				t.Errorf("line %d, want %d", got.Line, line)
			} else if got.Line < 1 || got.Column < 1 {
				t.Errorf("no position: %d:%d", got.Line, got.Column)
			}
			if facts := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(got.Facts), "map["), "]"); !strings.Contains(facts, m.facts) {
				t.Errorf("facts %q lack %q", facts, m.facts)
			}
		})
	}
}

func markedLine(file string) int {
	before, _, ok := strings.Cut(file, here)
	if !ok {
		return 0
	}
	return strings.Count(before, "\n") + 1
}

// Every code of the table in Problem's comment has a test, and every tested code is in the table.
func TestEveryProblemCodeIsTested(t *testing.T) {
	source := string(must(os.ReadFile("problem.go")))
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^//\t([a-z]+\.[a-z_]+)`).FindAllStringSubmatch(source, -1) {
		documented[m[1]] = true
	}
	tested := map[string]bool{
		"map.empty": true, "map.too_large": true, "number.invalid": true, "organisation.missing": true, "team.private": true, // tested below
	}
	for _, m := range mistakes {
		tested[strings.TrimSuffix(m.code, "?")] = true
	}
	for code := range documented {
		if !tested[code] {
			t.Errorf("%s has no test", code)
		}
	}
	for code := range tested {
		if !documented[code] {
			t.Errorf("%s is not in the table of codes", code)
		}
	}
	for _, name := range []string{"check.go", "check_gate.go", "check_organisation.go", "check_process.go", "mapfile.go", "mapfile_read.go"} {
		for _, m := range regexp.MustCompile(`"([a-z]+\.[a-z_]+)"`).FindAllStringSubmatch(string(must(os.ReadFile(name))), -1) {
			if !documented[m[1]] && !strings.HasSuffix(m[1], ".roles") {
				t.Errorf("%s: %s is not in the table of codes", name, m[1])
			}
		}
	}
}

func codes(problems []Problem) []string {
	set := map[string]bool{}
	for _, p := range problems {
		set[p.Code] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// A private team cannot vanish, since its deals would then be for everybody to read.
func TestPrivateTeamIsGone(t *testing.T) {
	known := func(private bool) Known {
		return Known{Organisation: &Organisation{Teams: []Team{{Key: "north"}, {Key: "east", Private: private}}}}
	}
	without := &Map{Organisation: &Organisation{Teams: []Team{{Key: "north", Name: Text{"en": "North"}}}}}
	if got := codes(Check(without, known(true))); !slices.Contains(got, "team.private") {
		t.Errorf("a private team: %v", got)
	}
	if got := codes(Check(without, known(false))); slices.Contains(got, "team.private") {
		t.Errorf("an open team: %v", got)
	}
	if got := codes(Check(known(true).asMap(), known(true))); slices.Contains(got, "team.private") {
		t.Errorf("it stays: %v", got)
	}
}

func (k Known) asMap() *Map { return &Map{Organisation: k.Organisation} }

func TestWholeFileMistakes(t *testing.T) {
	many := "process:\n  reasons:\n" + strings.Repeat("    - {key: a, name: b}\n", maxMapNodes/2)
	for name, c := range map[string]struct{ file, code string }{
		"empty file":    {"", "map.empty"},
		"comments only": {"# nothing\n", "map.empty"},
		"no sections":   {"{}", "map.empty"},
		"too many":      {many, "map.too_large"},
		"too long":      {strings.Repeat("#", maxMapBytes+1), "map.too_large"},
		"a list":        {"- a\n- b\n", "value.type"},
		"tabs":          {"process:\n\tkey: x\n", "yaml.syntax"},
		"unknown alias": {"process: *x\n", "yaml.syntax"},
		"own alias":     {"process: &x\n  name: *x\n", "text.language"},
	} {
		if got := codes(problemsOf(c.file, Known{})); !slices.Contains(got, c.code) {
			t.Errorf("%s: %v, want %s", name, got, c.code)
		}
	}
}

func TestSyntaxErrorsNameTheirLine(t *testing.T) {
	got := problemsOf("process:\n  key: a\n  name: \"b\n  currency: EUR\n", Known{})
	if len(got) != 1 || got[0].Code != "yaml.syntax" || got[0].Line < 2 || got[0].Facts["reason"] == "" {
		t.Errorf("%v", got)
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	p := *Shipped().Processes[0]
	p.Quiet = Days(nan())
	got := Check(&Map{Organisation: Shipped().Organisation, Processes: []*Process{&p}}, Known{})
	if !slices.Contains(codes(got), "number.invalid") {
		t.Errorf("%v", codes(got))
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestNoOrganisationIsToldOnce(t *testing.T) {
	file := baseMap(t)
	_, process, _ := strings.Cut(file, "\n\n")
	got := problemsOf(process, Known{})
	if len(got) != 1 || got[0].Code != "organisation.missing" {
		t.Errorf("%v", got)
	}
	if got := problemsOf(process, current(nil)); len(got) > 0 {
		t.Errorf("with the organisation in force: %v", got)
	}
}

// A map may be applied as long as nobody is in the organisation, since people are
// added from Slack afterwards.
func TestShippedMapHasOnlyWarnings(t *testing.T) {
	problems := Check(Shipped(), Known{})
	if errs := Errors(problems); len(errs) > 0 {
		t.Errorf("%v", errs)
	}
	if got := codes(problems); !slices.Equal(got, []string{"role.empty"}) {
		t.Errorf("warnings %v", got)
	}
}

func TestRemovingAStageWithItsDealsMoved(t *testing.T) {
	file := strings.Replace(baseMap(t), leadStage, "    - key: start\n", 1)
	file = strings.Replace(file, "  quiet_after: 4d", "  quiet_after: 4d\n  moved: {lead: start}", 1)
	if got := problemsOf(file, current(map[string]int{"lead": 3, "offer": 1})); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

func TestMovingTheWinWouldWinDeals(t *testing.T) {
	file := strings.Replace(baseMap(t), "      won: true\n", "", 1)
	file = strings.Replace(file, "      target: 4h", "      target: 4h\n      won: true", 1)
	got := problemsOf(file, current(map[string]int{"offer": 2}))
	if !slices.Contains(codes(Errors(got)), "stage.crosses") {
		t.Errorf("%v", got)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"call", "discovery", "mon", "target", "who"}
	for word, want := range map[string]string{
		"cal": "call", "CALL": "call", "dicsovery": "discovery", "monday": "mon", "tarjet": "target", "hwo": "", "xyz": "", "": "", "电话": "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
