// Package playground is a Slack-compatible workspace in this process, with a web page: a bot is tried and
// tested against it without an account.
//
// It meets the bot only as Slack does, over HTTP and WebSocket, and imports nothing of the project, so it
// cannot cheat. It enforces what Slack enforces and refuses in Slack's words; what it accepts, Slack should
// accept too. Where Slack's behaviour is not written down it takes the stricter reading. Nothing in it is
// kept when it ends, ids stay the same from one start to the next.
//
// # One request, from the person to the bot and back
//
//	page or test ─▶ control door ─▶ trigger, response URL ─▶ delivery ─▶ socket or signed HTTP ─▶ bot
//	                                                                        │
//	page ◀─ stream ◀─ workspace ◀─ acknowledgement · Web API · response URL ◀┘
//
// A person acts at the control door (control*.go), through the page or a test. The act becomes a payload in
// Slack's shape and goes to the bot (delivery.go) down one of its sockets (socket.go) or as a signed request
// (http_out.go). The bot acknowledges within three seconds, which may carry an answer, and calls the Web API
// (api*.go) or the response URL (hooks.go). Whatever changes in the workspace (workspace.go, messages.go,
// api_views.go) is streamed to every page that may see it (stream.go) and becomes an event for the bot if the
// manifest subscribes to it (events.go). Everything that passes is in the log (log.go).
//
// Locking: Server.mu guards the workspace. A Web API method and each step of a control call run with it held
// and never wait for anything; deliveries are made without it. Blocks, attachments and views are replaced and
// never changed in place, so what was read under the lock may be encoded outside it.
//
// # Two clocks
//
// Business time dates messages and is moved at the control door; Config.Clock shares it with the bot.
// Protocol time is real and never moves: triggers live 3 s and serve once, acknowledgements are due in 3 s,
// signatures carry the real time, response URLs serve five times in 30 minutes, events are sent again at
// once, after one minute and after five.
//
// # What is enforced
//
//   - Tokens and scopes: invalid_auth, not_authed, not_allowed_token_type, missing_scope with needed and
//     provided. The granted scopes are also in the header X-OAuth-Scopes. An event needs its subscription and
//     its scope.
//   - Places: channel_not_found (also for private channels that the app is not in), not_in_channel,
//     is_archived, user_not_in_channel, message_not_found, cant_update_message, cant_delete_message.
//   - Text: cut at 40,000 characters; msg_too_long for updates above 4,000; msg_blocks_too_long above 13,200
//     in blocks; no_text; too_many_attachments above 100.
//   - Blocks (blocks*.go, one line per field): invalid_blocks for messages and invalid_arguments for views,
//     each problem with its JSON pointer in response_metadata.messages and errors. Fields that Slack does not
//     know are refused. Ids left out are filled in.
//   - Views: expired_trigger_id, exchanged_trigger_id, invalid_trigger_id, push_limit_reached (a root and
//     two), hash_conflict, view_too_large (250 KB), duplicate_external_id, not_found, not_enabled. A refused
//     view does not spend its trigger. An update keeps what is filled in where block_id, action_id and type
//     are the same.
//   - Sockets: ten; each payload to one of them; an address from apps.connections.open serves once; a warning
//     ahead of the end; acknowledgements above 20 KB are dropped without a word.
//   - Commands: not in threads; @names, #channels and links are marked and & < > escaped when the manifest
//     says should_escape, otherwise the text is passed as typed.
//   - An update with text and without blocks deletes the blocks. A reply to a deleted message stands alone.
//     An answer over a response URL goes to the channel, unless thread_ts puts it into a thread.
//   - In HTTP mode: POST to EventsURL + /slack/events, /slack/commands and /slack/interactions (option lists
//     too), signed v0; redirects are failures.
//
// # The control door
//
// JSON in and out, for this machine and this origin only. Answers are {ok: true, …} or {ok: false, error};
// the error is a name such as no_such_action, sometimes with ": " and what it is about, or the sentence that
// Slack would show. Users and channels are given by id or name; dm is the app's direct message with that user.
//
//	GET  state                      now (ms), team, users, channels (with members), usergroups, app, connected
//	                                (open sockets), mode (socket, http), features, faults
//	GET  messages?channel=&thread_ts=&user=
//	                                what that user sees, oldest first: the channel without replies, or one thread.
//	                                Threads are summed up on their first message (reply_count, reply_users,
//	                                latest_reply); ephemeral messages have is_ephemeral. Without user: what all see
//	GET  view?user=                 view (or null) and depth of the open modals
//	GET  clock                      now
//	GET  log?after=N                entries {n, at, dir, method, of, user, channel, request, response, status, ms};
//	                                dir is to_bot, ack (of is the entry acknowledged) or from_bot
//	GET  stream?user=               server-sent events, one JSON a line:
//	                                {type: message | message_changed | message_deleted | ephemeral |
//	                                ephemeral_changed | ephemeral_deleted, channel, message},
//	                                {type: view, depth, view, errors?}, {type: home, view}, {type: state},
//	                                {type: clock, now}, {type: log, entry}
//	POST command   {user, channel, command, text}      reply {text, blocks, response_type, ts} or null. After an
//	                                empty acknowledgement it waits two seconds for an answer or a modal
//	POST message   {user, channel, text, thread_ts?}   channel, ts, message
//	POST shortcut  {user, callback_id, channel?, ts?}  a message shortcut needs channel and ts
//	POST click     {user, channel, ts, action_id, block_id?, value?, values?, stale?}
//	                                channel may be home or modal. value: an option's value or text, a person or
//	                                channel by id or name, a date, a time, seconds, a typed text, a list; for
//	                                buttons of one action_id it says which (by value or text). values: what else
//	                                the modal is filled with. stale: the button of an earlier version of the
//	                                message. url when the button has one. An input that dispatches nothing is
//	                                only filled in
//	POST options   {user, channel, ts?, action_id, block_id?, value}   options or option_groups of the app
//	POST submit    {user, values}   values by block_id, action_id or label. Refused as Slack's client does:
//	                                missing_required, too_short, too_long, too_small, too_large, invalid_number,
//	                                invalid_email, invalid_url (each with the label). response_action and errors
//	                                are the app's
//	POST close     {user, all?}     view_closed is sent for views with notify_on_close
//	POST home      {user}           view, after the publish that follows if it comes within two seconds
//	POST upload    {user, name, content}               content in base64; the file's id is a file_input's value
//	POST clock     {advance}        "72h", "3d", "1w"; now. Answers when everything due was done
//	POST user      {user, locale?, tz?, real_name?, title?}
//	POST adduser   {user, real_name?, title?, locale?, tz?}
//	POST join, leave {user, channel}                   user may be the app's name
//	POST addchannel {channel, users, private?} · archive {channel} · usergroup {usergroup, users}
//	POST redeliver {n, times}       entry n's payload again, the very same; replies [{payload, error?}]. They are
//	                                not shown to anyone
//	POST verify    {}               HTTP mode: asks the bot's address for its challenge, as Slack does
//	POST features  {native_blocks?, rate_limits?, without_scopes?}
//	                                native_blocks false refuses tables, charts, cards, carousels and containers;
//	                                rate_limits true enforces Slack's rates; without_scopes takes scopes away
//	POST faults    {method, kind, times?, error?, retry_after?, ms?} or {clear: true}
//
// Faults of a Web API method ("*" is any) or of response_url:
//
//	rate_limited   429 with Retry-After; nothing is done
//	error          {ok: false, error}; nothing is done
//	disconnect     the connection breaks; nothing is done
//	lost_reply     done, and the connection breaks before the answer
//	slow           done, and answered after ms (4000)
//
// With method events_api, slash_commands or interactive, lost_reply loses the acknowledgement of a delivery.
// Disconnect without a method breaks the sockets: all, or the times oldest; with warn: true the oldest is
// warned as Slack does and ends ten seconds later.
package playground
