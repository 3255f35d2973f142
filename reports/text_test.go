package reports

import (
	"time"

	"pipewright/internal/text"
)

var (
	berlin, _ = time.LoadLocation("Europe/Berlin")
	english   = text.For("en-US", berlin)
	chinese   = text.For("zh-CN", berlin)
)
