// Every word of the page itself, in English and Simplified Chinese. Entries with numbers or names are functions.
import { me } from "./state.js";

export const strings = {
  en: {
    // Places
    workspace: "Workspace", channels: "Channels", directMessages: "Direct messages", apps: "Apps", threads: "Threads", thread: "Thread",
    home: "Home", messages: "Messages", app: "APP", appOnline: "The app is connected", appOffline: "The app is not connected",
    back: "Back", close: "Close", closeThread: "Close thread", jumpTo: "Jump to…", traffic: "Traffic", theme: "Light or dark",
    members: ({ n }) => (n === 1 ? "1 member" : `${n} members`),
    unreadLabel: ({ name, n }) => `${name}, ${n} unread`,
    beginDM: ({ app }) => `This is your private conversation with ${app}. Type / to see what it can do.`,
    beginChannel: ({ name }) => `This is the very beginning of #${name}.`,
    notMember: ({ name }) => `You are not in #${name}.`, join: "Join channel",
    noThreads: "No threads yet. Reply to a message and it shows up here.", threadGone: "This message is not here any more.",
    noHome: ({ app }) => `${app} has nothing to show here yet.`, group: "group", newIn: ({ place }) => `New message in ${place}`,
    // Messages
    messageFrom: ({ name, time }) => `${name}, ${time}`, edited: "(edited)", onlyYou: "Only visible to you", dismissMessage: "Dismiss",
    replies: ({ n }) => (n === 1 ? "1 reply" : `${n} replies`), lastReply: ({ when }) => `Last reply ${when}`, justNow: "just now",
    replyInThread: "Reply in thread", moreActions: "More actions", copyLink: "Copy link", linkCopied: "Link copied", new: "New",
    newMessages: "New messages", earlier: "Show earlier messages", file: "File", today: "Today", yesterday: "Yesterday", tomorrow: "Tomorrow",
    // Composer
    messageApp: ({ app }) => `Message ${app}`, messageChannel: ({ name }) => `Message #${name}`, replyHere: "Reply…", send: "Send",
    shortcuts: "Shortcuts", commands: "Commands", mentionSomeone: "Mention someone", suggestions: "Suggestions",
    composerHint: "Enter sends · Shift + Enter for a new line",
    noSlashInThread: ({ app }) => `Slash commands do not work in threads. Mention ${app} instead.`, writeThat: "Write it that way",
    noCommand: ({ command, known }) => `${command} is not a command here. Try one of: ${known}`,
    // Welcome
    welcome: "Welcome", youAre: ({ name, title }) => (title ? `You are ${name}, ${title}.` : `You are ${name}.`), tryThese: "Three things to try. Pick one, then send it:",
    trySwitch: ({ name }) => `At the top right you become somebody else, such as ${name}, and see what they see. The clock beside it moves time on.`,
    // People and language
    people: "People", whoAreYou: "Who are you now?", member: "Member", switchTo: ({ name }) => `Switch to ${name}`,
    youAreSwitch: ({ name }) => `You are ${name}. Switch person`, hasNews: "Has a new private message",
    languageOf: ({ name }) => `Language of ${name}`, languageChanged: "Now in English",
    // Clock
    clock: "Business time", moveClock: "Move the clock", plusHour: "+1 hour", plusDay: "+1 day", plusWeek: "+1 week",
    nextMonday: "Next Monday 09:00", minutes: "minutes", hours: "hours", days: "days", weeks: "weeks", amount: "Amount", unit: "Unit", move: "Move",
    clockNote: "Reminders and digests come due on the way, each at its own time.", clockMoving: "Moving the clock…",
    clockMoved: ({ when }) => `It is now ${when}`,
    // Blocks and controls
    choose: "Choose an option", chooseDate: "Choose a date", time: "Time", search: "Search", nothingFound: "Nothing found",
    typeMore: ({ n }) => `Type at least ${n} characters`, loading: "Loading…", noOptions: "The app sent no options",
    previousMonth: "Previous month", nextMonth: "Next month", more: "More", optional: "optional", cancel: "Cancel",
    table: "Table", sortBy: ({ name }) => `Sort by ${name}`, rows: ({ n }) => (n === 1 ? "1 row" : `${n} rows`),
    pageOf: ({ page, pages }) => `Page ${page} of ${pages}`, previousPage: "Previous page", nextPage: "Next page",
    previous: "Previous", next: "Next", cards: ({ n }) => `${n} cards`, chart: "chart", showNumbers: "Show the numbers",
    chart_bar: "Bar chart", chart_line: "Line chart", chart_area: "Area chart", chart_pie: "Pie chart",
    chartOf: ({ kind, title, names }) => `${kind}: ${title} (${names}). Use the arrow keys to read the values.`,
    unknownBlock: ({ type }) => `A “${type}” block, which this page cannot draw`, unknownElement: ({ type }) => `“${type}” is not supported here`,
    required: "Please fill this in.", tooShort: ({ n }) => `Please enter at least ${n} characters.`, tooLong: ({ n }) => `Please enter at most ${n} characters.`,
    notNumber: "Please enter a number.", notWhole: "Please enter a whole number.", tooSmall: ({ n }) => `Please enter ${n} or more.`,
    tooBig: ({ n }) => `Please enter ${n} or less.`, notEmail: "Please enter an email address.", notUrl: "Please enter a link that starts with https://",
    // Traffic
    filter: "Filter", dir_all: "All", dir_to_bot: "To the app", dir_from_bot: "From the app", dir_ack: "Answers", noTraffic: "Nothing yet. Type a command and watch.",
    request: "Sent", response: "Answer", copy: "Copy", sendAgain: "Send again",
    // Notices
    noApp: "The app is not connected: nothing will answer until it is.",
    dismiss: "Dismiss", reconnecting: "The playground does not answer. Trying again…",
    wentWrong: ({ error }) => `That did not work: ${error}`,
  },
  zh: {
    workspace: "工作区", channels: "频道", directMessages: "私信", apps: "应用", threads: "消息列", thread: "消息列",
    home: "主页", messages: "消息", app: "应用", appOnline: "应用已连接", appOffline: "应用未连接",
    back: "返回", close: "关闭", closeThread: "关闭消息列", jumpTo: "跳转到…", traffic: "通信记录", theme: "浅色或深色",
    members: ({ n }) => `${n} 位成员`,
    unreadLabel: ({ name, n }) => `${name}，${n} 条未读`,
    beginDM: ({ app }) => `这是您和 ${app} 的私聊。输入 / 看看它能做什么。`,
    beginChannel: ({ name }) => `这里是 #${name} 的开头。`,
    notMember: ({ name }) => `您还没有加入 #${name}。`, join: "加入频道",
    noThreads: "还没有消息列。回复一条消息，它就会出现在这里。", threadGone: "这条消息已经不在了。",
    noHome: ({ app }) => `${app} 暂时没有内容要显示。`, group: "群组", newIn: ({ place }) => `${place} 有新消息`,
    messageFrom: ({ name, time }) => `${name}，${time}`, edited: "（已编辑）", onlyYou: "仅您可见", dismissMessage: "关闭",
    replies: ({ n }) => `${n} 条回复`, lastReply: ({ when }) => `最后回复：${when}`, justNow: "刚刚",
    replyInThread: "在消息列中回复", moreActions: "更多操作", copyLink: "复制链接", linkCopied: "链接已复制", new: "新消息",
    newMessages: "有新消息", earlier: "显示更早的消息", file: "文件", today: "今天", yesterday: "昨天", tomorrow: "明天",
    messageApp: ({ app }) => `给 ${app} 发消息`, messageChannel: ({ name }) => `在 #${name} 发消息`, replyHere: "回复…", send: "发送",
    shortcuts: "快捷方式", commands: "命令", mentionSomeone: "提及某人", suggestions: "建议",
    composerHint: "Enter 发送 · Shift + Enter 换行",
    noSlashInThread: ({ app }) => `消息列中不能使用斜杠命令。请改为提及 ${app}。`, writeThat: "改成这样写",
    noCommand: ({ command, known }) => `这里没有 ${command} 这个命令。可以试试：${known}`,
    welcome: "欢迎", youAre: ({ name, title }) => (title ? `您现在是 ${name}（${title}）。` : `您现在是 ${name}。`), tryThese: "先试这三件事。选一个，再发送：",
    trySwitch: ({ name }) => `在右上角可以换成另一个人，例如 ${name}，看看对方看到什么。旁边的时钟可以拨动时间。`,
    people: "人员", whoAreYou: "您现在是谁？", member: "成员", switchTo: ({ name }) => `切换到 ${name}`,
    youAreSwitch: ({ name }) => `您是 ${name}。切换人员`, hasNews: "有新的私信",
    languageOf: ({ name }) => `${name} 的语言`, languageChanged: "已切换为简体中文",
    clock: "业务时间", moveClock: "拨动时钟", plusHour: "+1 小时", plusDay: "+1 天", plusWeek: "+1 周",
    nextMonday: "下周一 09:00", minutes: "分钟", hours: "小时", days: "天", weeks: "周", amount: "数量", unit: "单位", move: "拨动",
    clockNote: "途中到期的提醒和摘要会按各自的时间发出。", clockMoving: "正在拨动时钟…",
    clockMoved: ({ when }) => `现在是 ${when}`,
    choose: "请选择", chooseDate: "选择日期", time: "时间", search: "搜索", nothingFound: "没有找到",
    typeMore: ({ n }) => `请至少输入 ${n} 个字符`, loading: "正在加载…", noOptions: "应用没有返回选项",
    previousMonth: "上个月", nextMonth: "下个月", more: "更多", optional: "选填", cancel: "取消",
    table: "表格", sortBy: ({ name }) => `按“${name}”排序`, rows: ({ n }) => `共 ${n} 行`,
    pageOf: ({ page, pages }) => `第 ${page} 页，共 ${pages} 页`, previousPage: "上一页", nextPage: "下一页",
    previous: "上一个", next: "下一个", cards: ({ n }) => `${n} 张卡片`, chart: "图表", showNumbers: "显示数据",
    chart_bar: "柱状图", chart_line: "折线图", chart_area: "面积图", chart_pie: "饼图",
    chartOf: ({ kind, title, names }) => `${kind}：${title}（${names}）。用方向键读取数值。`,
    unknownBlock: ({ type }) => `“${type}”内容块，本页面无法显示`, unknownElement: ({ type }) => `这里不支持“${type}”`,
    required: "请填写此项。", tooShort: ({ n }) => `请至少输入 ${n} 个字符。`, tooLong: ({ n }) => `最多输入 ${n} 个字符。`,
    notNumber: "请输入数字。", notWhole: "请输入整数。", tooSmall: ({ n }) => `请输入不小于 ${n} 的数。`,
    tooBig: ({ n }) => `请输入不大于 ${n} 的数。`, notEmail: "请输入电子邮件地址。", notUrl: "请输入以 https:// 开头的链接",
    filter: "筛选", dir_all: "全部", dir_to_bot: "发给应用", dir_from_bot: "来自应用", dir_ack: "应答", noTraffic: "还没有记录。输入一个命令看看。",
    request: "发送内容", response: "应答内容", copy: "复制", sendAgain: "再发一次",
    noApp: "应用未连接，连接之前不会有任何应答。",
    dismiss: "关闭", reconnecting: "演练场没有响应，正在重试…",
    wentWrong: ({ error }) => `没有成功：${error}`,
  },
};

// What an error means to a person, by the name that stands in it.
export const errors = {
  en: {
    operation_timeout: "The app did not answer within 3 seconds. Look whether it did the work before you try again.",
    dispatch_failed: "The app could not be reached. Is it running?",
    invalid_command_response: "The app answered with something Slack would refuse. The traffic shows what.",
    invalid_options: "The app sent options that Slack would refuse. The traffic shows why.",
    interactivity_disabled: "This app takes no clicks: interactivity is off in its manifest.",
    expired_trigger_id: "The app took longer than 3 seconds to open its form. Try again.",
    no_open_view: "This form is closed already.", home_not_published: "The app has not published its Home yet.",
    message_not_found: "This message is not here any more.", thread_not_found: "This message is not here any more.",
    no_such_action: "This control is not here any more. The message has changed.", no_such_option: "This option is not offered any more.",
    channel_not_found: "This channel does not exist.", not_in_channel: "This person is not in this channel.",
    is_archived: "This channel is archived.", user_not_found: "This person does not exist.",
    missing_required: "Please fill in everything that is required.", no_text: "Write something first.",
    bad_answer: "The playground sent something unreadable.", unreachable: "The playground does not answer. Is it still running?",
  },
  zh: {
    operation_timeout: "应用在 3 秒内没有应答。重试前请先看看它是否已经处理。",
    dispatch_failed: "无法连接到应用。它在运行吗？",
    invalid_command_response: "应用的应答会被 Slack 拒绝。详情见通信记录。",
    invalid_options: "应用返回的选项会被 Slack 拒绝。原因见通信记录。",
    interactivity_disabled: "这个应用不接收点击：清单中关闭了交互功能。",
    expired_trigger_id: "应用打开表单超过了 3 秒。请重试。",
    no_open_view: "这个表单已经关闭。", home_not_published: "应用还没有发布主页。",
    message_not_found: "这条消息已经不在了。", thread_not_found: "这条消息已经不在了。",
    no_such_action: "这个控件已经不在了，消息有了变化。", no_such_option: "这个选项已经不提供了。",
    channel_not_found: "没有这个频道。", not_in_channel: "此人不在这个频道中。",
    is_archived: "这个频道已归档。", user_not_found: "没有这个人。",
    missing_required: "请填写所有必填项。", no_text: "请先写点内容。",
    bad_answer: "演练场返回的内容无法读取。", unreachable: "演练场没有响应。它还在运行吗？",
  },
};

// The examples of the first visit: each is shown when the app has its command.
const examples = {
  en: [
    { text: "/deal new \"Acme rollout\" 12k for Acme", why: "Create a deal" },
    { text: "/log call acme 25m they want SSO", why: "Log a call" },
    { text: "/deal advance acme", why: "Move it on" },
  ],
  zh: [
    { text: "/deal 新建 华星扩容 ¥12万 给 华星", why: "新建商机" },
    { text: "/log 电话 华星 25分钟 希望支持单点登录", why: "记录一次电话" },
    { text: "/deal 推进 华星", why: "推进到下一阶段" },
  ],
};

const language = () => ((me().locale || navigator.language || "en").startsWith("zh") ? "zh" : "en");

// t gives the words of a key in the chosen person's language.
export function t(key, values) {
  const entry = strings[language()][key];
  if (entry === undefined) throw new Error(`no words for "${key}"`);
  return typeof entry === "function" ? entry(values || {}) : entry;
}

// errorText says what an error means; one that is not known is shown as it came.
export function errorText(error) {
  const names = Object.keys(errors.en).filter((name) => new RegExp(`\\b${name}\\b`).test(error));
  return names.length ? errors[language()][names[0]] : t("wentWrong", { error });
}

// tries are the examples of the first visit.
export const tries = () => examples[language()];
