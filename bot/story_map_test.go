package main

import (
	"fmt"
	"reflect"
	"slices"

	"pipewright/internal/sales"
)

// changeMap lays the part "map" of a story over the company's map. It is written as a
// map file is, but holds only what is different: of the processes b2b and renewal the
// keys that are named, of the lists policies, stages, fields, activities, reasons, teams and roles the
// items that are named, each of them whole; new ones are added at the end.
//
//	-- map --
//	process:
//	  key: b2b
//	  policies:
//	    - kind: quote
//	      name: {en: Quote, zh: 报价}
//	      steps:
//	        - {key: product, name: {en: Product, zh: 产品}, roles: [product], remind: 4h}
//	organisation:
//	  roles:
//	    - {key: product, name: {en: Product, zh: 产品}, users: [U0RAJ00004, U0EVA00007]}
//
// What comes out must pass the check of `process check`.
func changeMap(m *sales.Map, file []byte) error {
	part, problems := sales.ParseMap(file)
	if len(problems) > 0 {
		return fmt.Errorf("%+v", problems)
	}
	if part.Organisation != nil {
		overlay(reflect.ValueOf(m.Organisation).Elem(), reflect.ValueOf(part.Organisation).Elem())
	}
	for _, p := range part.Processes {
		i := slices.IndexFunc(m.Processes, func(x *sales.Process) bool { return x.Key == p.Key })
		if i < 0 {
			m.Processes = append(m.Processes, p)
			continue
		}
		overlay(reflect.ValueOf(m.Processes[i]).Elem(), reflect.ValueOf(p).Elem())
	}
	known := sales.Known{Organisation: &sales.Organisation{Admins: []string{userSam}, Groups: map[string][]string{groupLegal: {userLeo}}}}
	if wrong := sales.Errors(sales.Check(m, known)); len(wrong) > 0 {
		return fmt.Errorf("%+v", wrong)
	}
	return nil
}

// overlay sets what is given; lists of things that have a key get the things that are given.
func overlay(onto, given reflect.Value) {
	for i := range given.NumField() {
		from, to := given.Field(i), onto.Field(i)
		switch {
		case from.IsZero():
		case from.Kind() == reflect.Slice && from.Type().Elem().Kind() == reflect.Struct:
			to.Set(merged(to, from))
		default:
			to.Set(from)
		}
	}
}

// merged is a list with the given items in the place of those of the same key, which is
// their first field.
func merged(list, given reflect.Value) reflect.Value {
	out := reflect.AppendSlice(reflect.MakeSlice(list.Type(), 0, list.Len()), list)
	for i := range given.Len() {
		item, replaced := given.Index(i), false
		for j := range out.Len() {
			if out.Index(j).Field(0).String() == item.Field(0).String() {
				out.Index(j).Set(item)
				replaced = true
			}
		}
		if !replaced {
			out = reflect.Append(out, item)
		}
	}
	return out
}
