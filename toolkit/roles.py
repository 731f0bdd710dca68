"""The small closed classes of words that a sentence is taken apart by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntFlag, auto
from typing import Any


class Role(IntFlag):
    """What part a word can play in a sentence, apart from its part of speech."""

    LEAD = auto()  # opens a clause and says only when or how it hangs together with others
    LEAD_MARK = auto()
    TIME = auto()
    DATE_UNIT = auto()
    PASSIVE = auto()  # what is told was done to the subject
    TO_TIME = auto()  # may stand before a time and belong to it
    FROM_TIME = auto()  # may stand after a time and belong to it
    ADVERB = auto()  # can go without a change in what is said
    RANGE = auto()
    LINKS = auto()  # a verb that only says with whom
    DE = auto()
    AT = auto()
    ETC = auto()
    LIST_MARK = auto()
    ABOUT = auto()
    WITH = auto()
    IS = auto()
    OPENS_BRACKET = auto()
    CLOSES_BRACKET = auto()
    OPENS_QUOTE = auto()
    CLOSES_QUOTE = auto()
    BREAK = auto()  # a mark that a headline has a space for
    STOP = auto()  # a mark that does not end a headline
    SAYS = auto()  # ends a clause that only says who spoke
    NOT_FIRST = auto()  # cannot open a headline
    NOT_LAST = auto()  # cannot end one
    ENDS_OWN = auto()  # can end one where it ends a clause of the text: 论坛在京举办
    PRONOUN = auto()
    ADVERBIAL = auto()  # opens a clause that may only say when, where or why
    ADVERBIAL_END = auto()
    WHEN = auto()  # ends a clause that says when
    WHERE = auto()  # ends a clause that says where or in what
    DEPENDENT = auto()  # opens a clause that another has to follow
    MEETS = auto()  # a verb whose object is a thing or somebody, and never what these do
    TO_WHOM = auto()
    BY = auto()  # opens what a noun's clause is of: 由市总主办的
    NAME_DOT = auto()  # between the parts of a foreign name
    THIRD = auto()  # somebody whom the text named before
    SET_FOR = auto()  # a verb that a time must follow
    APPROX = auto()  # before a number, says that it is about that
    AROUND = auto()  # opens along what lines something is done
    TO_COME = auto()  # says that it will be
    OVER = auto()  # opens what something was done about
    DOES = auto()  # a verb that ends what 就 opens
    WHAT = auto()  # before 的, makes what is somebody's: 他所在的
    TAKES_OFFICE = auto()
    NOT_YET = auto()  # says that it is not so
    MAY = auto()  # makes one word with what follows: 可持续
    APART = auto()  # says that each of several had one
    OPENS_SO = auto()  # opens a clause that says which one a noun is: 在京举行的
    HEAVY = auto()  # a verb or preposition whose object must keep its attribute
    LEANS = auto()  # opens a sentence that needs the one before it
    ACTS = auto()  # a verb that the dictionary has as a noun
    AND = auto()
    SPEAKS = auto()  # a verb that what was said follows
    PIVOT = auto()  # a verb whose object goes on to do something
    MUST = auto()
    ME = auto()  # speaks to the reader or of the writer
    MEANS = auto()  # opens a clause on how somebody does something
    MANNER = auto()  # a noun, for the dictionary, that says how
    ALL = auto()  # a pronoun, for the dictionary, that can be a subject
    OF_ALL = auto()  # opens a clause about what the whole one before it said


class Sense(IntFlag):
    """What a word can name or tell of."""

    STARTS = auto()  # says that something begins or ends
    OURS = auto()  # what 我 before it makes a place or a body of
    OFFICE = auto()  # an office that a name follows and can do without
    OFFICE_PREFIX = auto()
    LIGHT = auto()  # a noun that says little without its attribute
    TENET = auto()  # a noun that is one name with what stands before it
    BODY = auto()  # a body, an event or a place that another belongs to
    GENERAL = auto()  # a noun that alone names nothing in particular
    HOLLOW = auto()  # a noun that only what comes next fills
    DATA = auto()  # what shows or says what somebody's figures are
    LOCAL = auto()
    CLOCK = auto()
    PUBLISHED = auto()  # before 的 and after a date, says no more than the date
    WAY = auto()  # ends what 以 opens
    TOPIC = auto()
    ONE = auto()  # one of many, as somebody is introduced
    ORDINAL = auto()
    CAUSE = auto()  # opens a clause on why or on what condition


_WORDS = {
    Role.LEAD: """
        近日 日前 近期 最近 不久前 目前 截至 截至目前 连日来 昨日 昨天 今日 今天 前天 前日 当天
        当日 昨晚 今晨 眼下 如今 近年来 一直以来 清晨 凌晨 一早 一大早 早上 上午 中午 下午 傍晚
        晚上 晚间 夜里 夜间 深夜 据悉 据了解 据介绍 据统计 此外 另外 与此同时 同时 随后 接下来
        下一步 未来 今后 因此 为此 于是 但 但是 而 而且 并 并且 也 还 则 又 就 已 还有 再 对此
        会上 本报讯 记者 起 来 以来 即日起 期间 北京时间 当地时间 特别是 尤其是 问 答 图为 约""",
    Role.LEAD_MARK: "， 、 ： ； , · . ． ▲ ● ■ ◆ ★ ○ △ ☆ ◎ • ※",
    Role.TIME: """
        近日 日前 近期 最近 不久前 目前 截至目前 连日来 昨日 昨天 今日 今天 前天 前日 当天 当日
        昨晚 今晨 眼下 如今 近年来 清晨 凌晨 一早 上午 中午 下午 傍晚 晚上 晚间 夜里 夜间 深夜
        今晚 明天 北京时间 当地时间 现在 此前 当晚 早晨""",
    Role.DATE_UNIT: """
        年 月 日 号 时 点 分 年度 季度 月份 半年 日起 日至 时许 点钟 许 日前 月底 年底 月初 年初
        日晚""",
    Role.PASSIVE: "被 遭 遭到 受到 均被",
    Role.TO_TIME: "截至 于 自 从 在",
    Role.FROM_TIME: "起 以来 前 后 来",
    Role.ADVERB: """
        已 已经 正 正在 也 还 共同 同时 分别 顺利 正式 隆重 积极 不断 持续 进一步 全面 深入 大力
        切实 认真 充分 有效 陆续 相继 纷纷 率先 迅速 及时 再次 特别 专门 亲切 热烈 全力 扎实 着力
        精心 先后 一同 一起 主动 十分 非常 逐步 稳步 如期 圆满 日益 统一""",
    Role.RANGE: "— - ~ ～ 至 到 －",
    Role.LINKS: "会同 联合 携手 协同 连同 陪同",
    Role.DE: "的",
    Role.AT: "在 于",
    Role.ETC: "等",
    Role.LIST_MARK: "、",
    Role.ABOUT: "关于",
    Role.WITH: "以",
    Role.IS: "为 是",
    Role.OPENS_BRACKET: "（ (",
    Role.CLOSES_BRACKET: "） )",
    Role.OPENS_QUOTE: "“ 《 ‘ 「 『",
    Role.CLOSES_QUOTE: "” 》 ’ 」 』",
    Role.BREAK: "， ； ： , ; — ——",
    Role.STOP: "， 。 ； ： ！ ？ ! ? … , ; : 、 — …… ——",
    Role.SAYS: """
        消息 获悉 发现 了解到 看到 注意到 表示 介绍 说 说道 称 指出 认为 强调 坦言 回忆 透露 告诉
        回忆说 显示 介绍说 笑着说 感慨 告诉记者 提醒 建议 了解 要求 写道 提出 通报 宣布 呼吁 重申
        希望 确认 证实 警告 声称 宣称 坚信 相信 来看 说来""",
    Role.NOT_FIRST: """
        的 了 和 与 及 并 也 还 但 而 则 又 就 都 这 那 该 其 他 她 它 我 你 您 咱 我们 你们 他们
        她们 它们 咱们 大家 自己 同时 此外 其中 以及 或 因 由于 因为 如果 虽然 不仅 不但 只要
        只有 随着 通过 根据 按照 为了 为 作为 近日 日前 据 对此 对于 让 使 把 被 给 从而 进而
        以便 以此 由此 这里 这个 那里 那个 这些 那些 此次 此 本次 这次 当时 所以 然后 却 才 只 更
        最 很 即 若 便 另 另一 于 至 等 不过 除了 除 围绕 针对 本 这位 那位 这样 那样 这是 那是
        某 每 以 将 向 从 由 到 地 得 着 过 吗 呢 吧 啊 后 前 经 当 应 是 恰逢 着力 正值 有 各位
        上 下 中 里 内 本届 双方 两国 对方 我方 该市 该省 一个 一些 许多 — —— - ％ % 同比 环比
        呈现 成为 意味着 标志着 来自 谁 什么 哪 怎么 现 现将 就是 且 更是 既 而是 无论 尽管 即使
        哪怕 不管 只是 甚至 乃至 ， 、 ： ； ‘ ” ’ 》 ） 。 ) 还有""",
    Role.NOT_LAST: """
        的 地 得 和 与 及 并 在 为 以 对 从 向 到 由 被 把 将 让 使 给 比 于 是 有 等 或 而 但 因
        就 也 都 还 了解到 获悉 表示 介绍 认为 以及 通过 包括 进行 开展 举办 组织 其中 称 说 一个
        之 更 最 不 很 再 又 所 各 每 该 这 那 其 某 第 约 近 超 共 仅 如 像 按 跟 同 至 自 起
        并且 而且 因为 由于 如果 预计 来自 成为 做到 实现 表明 证明 说明 意味着 恰逢 时 后 期间
        指出 强调 显示 前 需 要 能 可 应 达 达到 超过 至少 分别 共同 关于 提供 受 据 经 此 以来
        之际 到来之际 来临之际 年来 天后 前夕 现在 目前 同时 作出 引发 引起 迎来 进入""",
    Role.ENDS_OWN: "举办 开展 组织 进行 提供 实现 进入 成为",
    Role.PRONOUN: "他 她 它 他们 她们 我 我们 你 你们 您 咱 咱们 这 那 该 其 此",
    Role.ADVERBIAL: "在 当 随着 自 自从 经过 经 据 根据 按照 截至 面对 鉴于 借助 围绕 针对 从 值此",
    Role.ADVERBIAL_END: """
        中 下 上 里 内 时 后 前 期间 之际 之后 之前 同时 以来 之中 之下 间 起 前夕 报道 数据 消息
        方面 基础 背景 统计 看 来看 来说 而言 角度""",
    Role.WHEN: "前夕 之际 时 后 前 期间 同时 以来 之后 之前 当天 当日",
    Role.WHERE: "上 中 里 内 下 里面 之中 之下 间 旁 前 边 会上 外",
    Role.DEPENDENT: """
        应 因 为 据 受 随着 当 由于 为了 根据 按照 通过 围绕 针对 本着 作为 自 经 面对 鉴于 如果
        虽然 尽管 不仅 在 从 以 因为 除了 除 只要 只有 若 一旦 无论 对 对于 关于 凭借 依托 结合
        按""",
    Role.MEETS: """
        会见 出席 参观 考察 看望 慰问 参加 举行 举办 召开 发表 发布 公布 查获 抓获 破获 救助 救出
        营救 接待 采访 走访 表彰 奖励 资助 帮扶 接见 颁发 启用 签署 审议 听取 收到 获得 荣获 打击
        摧毁 击退 拦截 发现 谴责 抗议 致电 致信 祝贺 迎来 吸引 送别 欢送 迎接 列席 看望慰问
        走访慰问 视察 调研 开展 出台 印发 下发 推出 建成 打造 设立 成立 修建 建立 购买 销售 生产
        研发 制定 实施 播发 刊发 播出 编辑 编写 修订 讨论 审查 应邀出席 应邀参加""",
    Role.TO_WHOM: "同 与 向 对 为 给",
    Role.BY: "由 来自 位于 为期",
    Role.NAME_DOT: "· ・ •",
    Role.THIRD: "他 她 它 他们 她们 它们 其",
    Role.SET_FOR: "定于 拟于 将于 始于 止于 截至 截止到 到 至 自 从",
    Role.APPROX: "约 近 逾 超 多达 共 大约 将近",
    Role.AROUND: "围绕 针对 结合 通过 按照 根据 依托 利用",
    Role.TO_COME: "将",
    Role.OVER: "就",
    Role.DOES: "进行 举行 发表 交换 达成 致 作 作出 接受 展开 回答",
    Role.WHAT: "所 所在",
    Role.TAKES_OFFICE: "就任 当选 连任 担任 出任",
    Role.NOT_YET: "没 没有 未 不",
    Role.MAY: "可 不 不可 无 能",
    Role.APART: "分别",
    Role.OPENS_SO: "在 正在 刚刚 即将 将",
    Role.HEAVY: """
        是 有 为 成为 作为 在 站在 以 从 于 把 将 被 对 向 与 和 同 就 由 用 按 按照 根据 通过
        属于 等于 如 像 比 随着 进入 处于 位于 至 到 给 让 使 更 最 更好 很 没有 不是 还是 就是
        也是 都是 具有 不 未 占 达 达到 超过 不足 满 近 当选 担任 任 加上 包括 当 据 受 及 或
        不如 仅 只 才""",
    Role.LEANS: """
        此外 另外 同时 与此同时 但 但是 而 而且 并 并且 因此 为此 于是 所以 然后 随后 接着 这样
        这样一来 不过 然而 对此 其中 同样 不仅如此 除此之外 除此以外 从此 由此 这里 那里 这些
        那些 这个 那个 这次 此次 当时 当天 当日 该 两人 双方 上述 如此 反之 相反 后者 前者 可 又
        还 也""",
    Role.ACTS: """
        印发 部署 启动 通报 慰问 检阅 调研 签署 亮相 落户 揭晓 呼吁 参观 视察 筹建 命名 会见 会谈
        会晤 通话 通电话 致电 接见 开赛 投产 投用 直播 合练 演练 开播 首播 减产 失联 督查 结业
        结对 签约 报名 领奖 夺冠 获奖 上岗 竣工 通车 开工 复工 召开 举行 发表 出席 访问 举办 开幕
        闭幕 发布 成立 揭牌 公布 出台 上线 开馆 开展 获得 荣获 接受 参加 祝贺 致辞 讲话 出版 发行
        播出 发射 升空 考察 主持 抵达 列席 座谈 摆擂 上阵 出征 送到 送去 走进 开课 开班 收官 落幕
        颁奖 表彰""",
    Role.AND: "和 与 及 以及 暨 、 ·",
    Role.SPEAKS: """
        表示 说 称 指出 认为 强调 坦言 透露 提醒 建议 要求 提出 通报 宣布 呼吁 希望 显示 重申
        明确 确认 证实 警告 声称 宣称""",
    Role.PIVOT: """
        组织 邀请 发动 号召 带领 派出 安排 引导 推动 鼓励 指导 请 派 动员 帮助 让 使 来到 前往
        赶到 赶赴 走进 深入 来 到 带着 带 利用 按 召集 聚 集结 奔赴 拿 拿出 发出 致电 致信 致函""",
    Role.MUST: "要 应 必须 坚持 加强 加快",
    Role.ME: "我 我们 你 你们 您 咱 咱们 我谨 我想 我要 俺",
    Role.MEANS: "在 从 以 通过 围绕 依托 结合 对 凭借 按 针对",
    Role.MANNER: "最大限度 全力以赴 因地制宜 第一时间 多渠道 多措并举 同步 重点 多种形式 分类",
    Role.ALL: "各地 多地 各方 各界 全国 全省 全市 全县",
    Role.OF_ALL: """
        同比 环比 增长 增幅 下降 上升 提高 降低 达 达到 为 占 是 超过 超 比 较 约 共 共计 合计
        累计 涨 跌 其中 引发 引起 造成 导致 致 致使 意味着 标志着 表明 说明 有 成为 平均 总计 近
        全程 历时 受到 赢得 获得 便利 方便 都 都是 这是 那是 也是 全是""",
}
_SENSES_OF = {
    Sense.STARTS: "开始 结束 起 为止 截止",
    Sense.OURS: "国 省 市 县 区 州 校 院 厂 军 党 台 队 方 会 馆 旗 镇 乡",
    Sense.OFFICE: """
        总书记 主席 副主席 总理 副总理 总统 副总统 首相 国王 部长 副部长 外长 委员长 副委员长
        国务委员 省长 市长 书记 副书记 国家主席 军委主席 理事长 会长 秘书长 总干事 总裁 董事长
        局长 主任 发言人 常委 大臣 女王 元首 议长 团长 校长 院长 所长 区长 县长 司长 处长 科长
        负责人 大使 公使""",
    Sense.OFFICE_PREFIX: "副 兼 前 原 代 、 和 时任 候任",
    Sense.LIGHT: """
        高度 基础 背景 前提 情况 过程 条件 时候 原则 方式 局面 方向 问题 作用 认识 选择 人 事
        地方 方面 时刻 状态 水平 程度 力度 角度 需要 要求 关键 重点 核心 目标 特点 优势 机会 时间
        日子 一员 代表 态势 势头 形势 阶段 日期 名单 报告 意见 办法 决定 通知 精神 规律 道路 意义
        价值 影响 心愿 想法""",
    Sense.TENET: "特色 社会主义",
    Sense.BODY: """
        博览会 进博会 广交会 服贸会 总工会 联合会 协会 联盟 委员会 中国共产党 集团 公司 大学 中心
        思想 大会 市委 省委 区委 县委 市政府 省政府 区政府 人大常委会 国务院 工会 医院 开发区
        园区 街道""",
    Sense.GENERAL: """
        会议 文章 报告 讲话 决定 通知 全会 大会 节目 展览 批示 指示 通报 公报 通告 条例 意见 纲要
        办法 规定 规划 方案 措施 决议 公约 倡议 座谈会 论坛 仪式 活动 比赛 竞赛 大赛 双方 两国
        队伍 车队 项目 数据 统计 消息 公告 声明 白皮书 影片 展会 协议 工程 志愿者 选手 职工 工人
        老人 工会 公司 单位 企业 部门 记者 专家 警方 法院 医院 学校 社区 居民 村民 市民 群众 游客
        乘客 家长 孩子 学生 老师""",
    Sense.HOLLOW: """
        决定 通知 文章 公告 谈话 倡议 批示 指示 消息 规定 数据 信息 一句 会议 大会 发布会 吹风会
        公开会 紧急会 闭门会 招待会 活动 仪式 讲话 重要讲话 声明 系列活动 新闻发布会 记者会 会晤
        公报""",
    Sense.DATA: "数据 统计 调查 报告 通知 声明 公告",
    Sense.LOCAL: "当地 北京",
    Sense.CLOCK: "时间",
    Sense.PUBLISHED: "出版 举行 召开 发布 公布 播出 结束 闭幕 刊发 发表 推出 印发",
    Sense.WAY: "方式 形式 名义 身份",
    Sense.TOPIC: """
        主题 题 对象 重点 目标 主 内容 载体 主线 导向 核心 抓手 契机 依托 原则 基础 宗旨 口号""",
    Sense.ONE: "一名 一位 一员",
    Sense.CAUSE: """
        为了 随着 由于 因为 如果 虽然 尽管 不仅 不但 除了 只要 只有 若 一旦 无论 鉴于 为 因""",
}


def _by_word(words: Mapping[Any, str]) -> dict[str, int]:
    bits: dict[str, int] = {}
    for flag, text in words.items():
        for word in text.split():
            bits[word] = bits.get(word, 0) | int(flag)
    return bits


_ROLES, _SENSES = _by_word(_WORDS), _by_word(_SENSES_OF)
_ACTS = frozenset(_WORDS[Role.ACTS].split())


_NO_POINTERS = frozenset("那曲 那达慕 此起彼伏 那坡 那英".split())
_DIGITS = frozenset("一二三四五六七八九十百0123456789")
_IN_CHARACTERS = re.compile(
    "[一二三四五六七八九十廿〇零两]+[年月日时点]|[正冬腊]月|第?[一二三四]季度"
)


def roles(word: str) -> int:
    """The bits of `Role` that hold for a word."""
    own = _ROLES.get(word, 0)
    if _IN_CHARACTERS.fullmatch(word):
        own |= int(Role.TIME | Role.LEAD)
    if len(word) == 3 and word[2] == "时" and word[1] != "小":
        own |= int(Role.WHEN | Role.NOT_LAST)
    if word[0] in "这那该此" and 1 < len(word) < 4 and word not in _NO_POINTERS:
        own |= int(Role.NOT_FIRST | Role.PRONOUN)
    # 在京举行 and 发表谈话 are words of the dictionary too.
    if len(word) > 3 and (word[:2] in _ACTS or word[-2:] in _ACTS):
        own |= int(Role.ACTS)
    return own


def senses(word: str) -> int:
    """The bits of `Sense` that hold for a word."""
    own = _SENSES.get(word, 0)
    if word[0] == "第" and word[1:2] in _DIGITS:
        own |= int(Sense.ORDINAL)
    return own


def senses_of(words: Sequence[str]) -> list[int]:
    """The same for each of some words."""
    return list(map(senses, words))


def roles_of(words: Sequence[str]) -> list[int]:
    """The same for each of some words."""
    return list(map(roles, words))
