package main

// The companies, people and words of the sample data. All of them are made up.

var accounts = []string{
	"Alder Freight", "Amberline", "Arbor Clinics", "Ashgrove Foods", "Bellbrook Media", "Birchwood Homes", "Bluefin Marine", "Brookfall Textiles",
	"Calder Robotics", "Canyon Outfitters", "Cedarway Schools", "Cinder Steel", "Clearbrook Water", "Copperleaf Hotels", "Corvid Security", "Dovetail Furniture",
	"Eastmere Bank", "Elmhurst Labs", "Fallow & Finch", "Farrow Mills", "Fernhill Dental", "Gable Insurance", "Glasswing Optics", "Granary Bakeries",
	"Halcyon Travel", "Hazelwick Paper", "Heron Rail", "Hollow Oak Wines", "Inkwell Press", "Ironbridge Tools", "Jessamine Spas", "Kelp & Co",
	"Kingsley Motors", "Lanternfish Games", "Larkspur Pharma", "Ledgerwood", "Marlowe Books", "Millrace Energy", "Nettle Cosmetics", "Oakham Dairies",
	"Osprey Drones", "Pebblebank", "Penrose Tiles", "Quillon Software", "Redwing Shoes Depot", "Rowan Legal", "Saltmarsh Seafood", "Silverbirch Care",
	"Tamarack Timber", "Thistle Telecom", "Umber Studios", "Verdant Farms", "Wexcombe", "Willowmere", "Yarrow Health", "Zephyr Cycles",
}

var chineseAccounts = []string{
	"青禾食品", "蓝桥物流", "星野传媒", "北岸重工", "松果教育", "澄光电子", "云杉医药", "锦程汽配", "海棠酒店", "白露纺织", "千帆航运", "知微数据",
}

var (
	newOffers            = []string{"rollout", "pilot", "upgrade", "platform", "integration", "expansion", "migration", "training", "analytics"}
	chineseNewOffers     = []string{"试点", "升级", "平台项目", "系统集成", "培训", "扩容"}
	renewalOffers        = []string{"renewal", "support renewal", "licence renewal"}
	chineseRenewalOffers = []string{"续约", "服务续约"}
)

var contacts = []string{"Ada Brandt, COO", "Jon Ferrer, head of IT", "Mei Tan, CFO", "Olga Reiss, plant manager", "Pierre Lang, CEO", "S. Okafor, purchasing", "王敏，采购总监", "刘洋，运营副总"}

var sources = []string{"website", "referral", "trade fair", "partner", "cold call", "webinar"}

var outcomes = []string{"reached", "reached", "no answer", "follow-up agreed", "", ""}

var notes = map[string][]string{
	"call":       {"They want single sign-on before anything else.", "Budget is there, the board meets on the 20th.", "No answer, left a message.", "Asked for two references.", "They compare us with one other vendor."},
	"email":      {"Sent the summary and two dates.", "Answered the security questions.", "Sent the price list.", "Reminder about the numbers."},
	"meeting":    {"Went through the open points one by one.", "Their IT joined: they want the data to stay in house.", "Agreed on the scope, start in six weeks."},
	"discovery":  {"Orders are typed in twice, two people half a day each.", "They lose a tenth of their enquiries on the way.", "Nobody owns the handover today."},
	"visit":      {"Saw the warehouse. The scanners are old.", "Lunch with the plant manager, good mood."},
	"demo":       {"Showed it with their own data. The scheduler liked it.", "Seven people, many questions about permissions.", "The decision maker left early: show it again."},
	"workshop":   {"Half a day with the team, process drawn on the wall."},
	"proposal":   {"Two options, the small one first.", "Sent it and walked through it on the phone."},
	"handover":   {"Delivery knows the three promises.", "Goals, people and dates are written down."},
	"acceptance": {"Accepted without remarks.", "Accepted, two small points left."},
	"invoice":    {"Sent to accounts payable.", "Invoice out, due in 30 days."},
	"review":     {"Use has doubled since spring.", "Happy, wants a second site next year.", "Two tickets were open for too long."},
}

var chineseNotes = map[string][]string{
	"call":      {"对方希望先支持单点登录。", "预算已批，月底开会决定。", "没接通，已留言。"},
	"email":     {"已发会议纪要和两个时间。", "回复了安全问卷。"},
	"meeting":   {"逐条过了未决事项。", "对方要求数据留在本地。"},
	"discovery": {"订单要录入两遍，每天浪费半天。", "目前没有人负责交接。"},
	"demo":      {"用客户自己的数据演示，反响不错。", "决策人提前离场，需要再演示一次。"},
	"proposal":  {"给了两个方案，先推小的。"},
	"review":    {"使用量比春天翻了一倍。"},
}

func notesOf(kind string, chinese bool) []string {
	if n := chineseNotes[kind]; chinese && len(n) > 0 {
		return n
	}
	if n := notes[kind]; len(n) > 0 {
		return n
	}
	return []string{""}
}

func accountsOf(owner string) []string {
	if owner == userBo {
		return chineseAccounts
	}
	return accounts
}

func offersOf(process string, chinese bool) []string {
	switch {
	case process == "renewal" && chinese:
		return chineseRenewalOffers
	case process == "renewal":
		return renewalOffers
	case chinese:
		return chineseNewOffers
	}
	return newOffers
}

var (
	rejections     = []string{"The margin is too thin for this volume.", "Feature 3 does not exist yet; offer it for the second phase.", "付款周期太长，请改为 30 天。"}
	secondThoughts = []string{"A new department wants to join", "The scope grew, the need has to be understood again", "换了负责人，需要重新了解需求"}
	overrides      = []string{"The customer signs today, the meeting is on Thursday", "Old customer, we know who decides"}
	waitReasons    = []string{"Their board meets next week", "Waiting for their security questionnaire", "等客户内部审批"}
	parkReasons    = []string{"Budget opens with the new quarter", "Holiday season", "客户搬迁中"}
	nextSteps      = []string{"Call about the open points", "Send two references", "Agree on a date for the demo", "Ask for the purchase order", "约客户确认方案"}
	terms          = []string{"Standard, 30 days net", "Standard, liability capped at the yearly fee", "60 days net, their paper"}
)
