// Names of the emoji that people and sales bots use most.
const table = `
+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|ok_hand 👌|wave 👋|clap 👏|raised_hands 🙌|pray 🙏|handshake 🤝|muscle 💪|point_right 👉|point_left 👈|point_up 👆|point_down 👇|raised_hand ✋|hand ✋|writing_hand ✍️|eyes 👀|brain 🧠
smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂|rofl 🤣|slightly_smiling_face 🙂|wink 😉|blush 😊|heart_eyes 😍|thinking_face 🤔|neutral_face 😐|expressionless 😑|confused 😕|worried 😟|disappointed 😞|cry 😢|sob 😭|sweat 😓|sweat_smile 😅|scream 😱|angry 😠|rage 😡|sleeping 😴|zzz 💤|sunglasses 😎|nerd_face 🤓|partying_face 🥳|hugging_face 🤗|face_with_rolling_eyes 🙄|slightly_frowning_face 🙁|smirk 😏|innocent 😇|upside_down_face 🙃|robot_face 🤖|wow 😮|open_mouth 😮|relieved 😌|grimacing 😬|weary 😩|tired_face 😫
tada 🎉|confetti_ball 🎊|trophy 🏆|medal 🏅|first_place_medal 🥇|second_place_medal 🥈|third_place_medal 🥉|star ⭐|star2 🌟|sparkles ✨|fire 🔥|rocket 🚀|100 💯|gift 🎁|balloon 🎈|crown 👑|gem 💎|boom 💥|zap ⚡|bulb 💡|dart 🎯|checkered_flag 🏁|seedling 🌱|four_leaf_clover 🍀|sun_with_face 🌞|sunny ☀️|cloud ☁️|umbrella ☂️|snowflake ❄️|rainbow 🌈|ocean 🌊
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|heavy_multiplication_x ✖️|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|stop_sign 🛑|exclamation ❗|heavy_exclamation_mark ❗|question ❓|grey_question ❔|grey_exclamation ❕|bangbang ‼️|information_source ℹ️|sos 🆘|rotating_light 🚨|construction 🚧|new 🆕|ok 🆗|up 🆙|cool 🆒|free 🆓
red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡|yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵|large_purple_circle 🟣|purple_circle 🟣|black_circle ⚫|white_circle ⚪|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_square ⬜|white_large_square ⬜|black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|large_orange_diamond 🔶|small_red_triangle 🔺|small_red_triangle_down 🔻|white_small_square ▫️|black_small_square ▪️|radio_button 🔘
arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrow_lower_left ↙️|arrow_upper_left ↖️|arrow_right_hook ↪️|leftwards_arrow_with_hook ↩️|arrows_counterclockwise 🔄|repeat 🔁|twisted_rightwards_arrows 🔀|arrow_forward ▶️|arrow_backward ◀️|arrow_double_up ⏫|arrow_double_down ⏬|fast_forward ⏩|rewind ⏪|black_right_pointing_triangle ▶️|double_vertical_bar ⏸️|pause_button ⏸️|play_or_pause_button ⏯️|black_square_for_stop ⏹️|heavy_plus_sign ➕|heavy_minus_sign ➖|heavy_division_sign ➗|recycle ♻️|back 🔙|end 🔚|on 🔛|soon 🔜|top 🔝
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|dollar 💵|money_with_wings 💸|euro 💶|yen 💴|pound 💷|credit_card 💳|receipt 🧾|heavy_dollar_sign 💲|currency_exchange 💱|bank 🏦|briefcase 💼|office 🏢|factory 🏭|scales ⚖️|balance_scale ⚖️|hammer 🔨|hammer_and_wrench 🛠️|wrench 🔧|gear ⚙️|nut_and_bolt 🔩|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍|label 🏷️|bookmark 🔖|package 📦|truck 🚚|airplane ✈️|car 🚗|ship 🚢|world_map 🗺️|earth_asia 🌏|earth_africa 🌍|earth_americas 🌎|globe_with_meridians 🌐
phone ☎️|telephone ☎️|telephone_receiver 📞|iphone 📱|email 📧|envelope ✉️|e-mail 📧|incoming_envelope 📨|envelope_with_arrow 📩|inbox_tray 📥|outbox_tray 📤|mailbox 📫|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|mega 📣|loudspeaker 📢|bell 🔔|no_bell 🔕|mute 🔇|sound 🔉|loud_sound 🔊|studio_microphone 🎙️|movie_camera 🎥|video_camera 📹|camera 📷|computer 💻|desktop_computer 🖥️|keyboard ⌨️|printer 🖨️|floppy_disk 💾|battery 🔋|electric_plug 🔌|satellite_antenna 📡
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|newspaper 📰|book 📖|books 📚|notebook 📓|ledger 📒|file_folder 📁|open_file_folder 📂|card_index 📇|card_file_box 🗃️|file_cabinet 🗄️|wastebasket 🗑️|scroll 📜|calendar 📅|date 📅|spiral_calendar_pad 🗓️|clock1 🕐|clock3 🕒|clock9 🕘|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|hourglass ⌛|hourglass_flowing_sand ⏳|watch ⌚|mag 🔍|mag_right 🔎|lock 🔒|unlock 🔓|key 🔑|closed_lock_with_key 🔐|shield 🛡️|passport_control 🛂|triangular_flag_on_post 🚩|waving_white_flag 🏳️|crossed_flags 🎌|ticket 🎫|admission_tickets 🎟️
bust_in_silhouette 👤|busts_in_silhouette 👥|man 👨|woman 👩|male-office-worker 👨‍💼|female-office-worker 👩‍💼|family 👪|heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔|coffee ☕|tea 🍵|beer 🍺|beers 🍻|champagne 🍾|cake 🍰|pizza 🍕|cookie 🍪|apple 🍎|turtle 🐢|snail 🐌|rabbit2 🐇|dog 🐶|cat 🐱|bug 🐛|bee 🐝|unicorn_face 🦄|ghost 👻|skull 💀|palm_tree 🌴|house 🏠|door 🚪|bed 🛏️|beach_with_umbrella 🏖️|face_with_thermometer 🤒|thermometer 🌡️|traffic_light 🚦|vertical_traffic_light 🚦|parking 🅿️|compass 🧭|anchor ⚓|magnet 🧲|jigsaw 🧩|test_tube 🧪|microscope 🔬|telescope 🔭|bricks 🧱|ladder 🪜|hook 🪝|broom 🧹
zero 0️⃣|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|1234 🔢|abc 🔤|cn 🇨🇳|us 🇺🇸|gb 🇬🇧|de 🇩🇪|jp 🇯🇵|eu 🇪🇺
`;

const signs = new Map(table.trim().split(/[|\n]/).map((entry) => entry.split(" ")));
const tones = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };

// emoji gives the sign of a name, or "" when it is not known.
export function emoji(name, tone) {
  const sign = signs.get(name) || "";
  return sign && tone ? sign + tones[tone] : sign;
}

// emojiNames lists up to max names that begin with, or else contain, what was typed.
export function emojiNames(typed, max = 8) {
  const names = [...signs.keys()].filter((name) => name.includes(typed));
  return names.sort((a, b) => b.startsWith(typed) - a.startsWith(typed)).slice(0, max);
}
