"""Keyword rules for the four themes, as a librarian would write them for a catalogue.

Written from the guide to the labels, not from the articles. A decisive phrase is enough for a
theme; of the others, which only point to it, it takes two. What stands in the title counts double.
"""

from __future__ import annotations

DECISIVE = 2
POINTING = 1
ENOUGH = 2

RULES: dict[str, dict[int, str]] = {
    "competitions": {
        DECISIVE: """
            技能大赛 技能竞赛 劳动竞赛 技术比武 岗位练兵 职业技能竞赛 劳动和技能竞赛 技能比武
            技术比赛 技能比赛 练兵比武 擂台赛 业务比武 五小竞赛 社会主义劳动竞赛 班组竞赛""",
        POINTING: """
            竞赛 比武 大赛 决赛 选手 裁判 评委 参赛 夺冠 冠军 第一名 一等奖 理论考试 实操
            技术能手 技术标兵 比拼 对抗赛 预赛 创新成果 状元""",
    },
    "volunteering": {
        DECISIVE: """
            志愿者 志愿服务 志愿队 义工 无偿献血 学雷锋 志愿活动 义诊 志愿团""",
        POINTING: """
            志愿 义务 雷锋 献血 公益 奉献 无偿 爱心车队 红马甲 义剪 义务植树 免费为 上门服务
            队员 服务时长 党员服务队 护学岗""",
    },
    "welfare": {
        DECISIVE: """
            互助保障 互助医疗 职工互助 困难职工帮扶 送温暖 送清凉 金秋助学 疗休养 慰问金 救助金
            助学金 困难补助 高温津贴 医疗互助 大病救助 生活补助 取暖补贴 慰问品 帮扶资金""",
        POINTING: """
            补贴 补助 津贴 报销 理赔 慰问 救助 帮扶 困难职工 特困 低保 体检 疗养 保险 社保 医保
            养老金 失业金 抚恤 发放 助学 福利 防暑 棉衣 赔付 公积金""",
    },
    "worker-services": {
        DECISIVE: """
            职工之家 工会驿站 户外劳动者 爱心驿站 法律援助 职工书屋 职工服务中心 职工运动会
            招聘会 职工文化 托管班 联谊会 职工学堂 职工夜校 劳动争议调解 司机之家 心理疏导
            职工培训 母婴室""",
        POINTING: """
            驿站 调解 律师 维权 讨薪 欠薪 就业服务 培训班 培训 课堂 讲座 运动会 拔河 羽毛球 合唱
            书法 摄影 相亲 交友 联谊 夜校 心理咨询 骑手 环卫工 农民工 文体 活动室 书屋 求职 招聘""",
    },
}


def score(theme: str, title: str, body: str) -> int:
    """How strongly the rules of a theme speak for it in an article; from `ENOUGH` on it is given.

    A word within a longer one that counts does not count again.
    """
    total = 0
    for weight, words in sorted(RULES[theme].items(), reverse=True):
        for word in sorted(words.split(), key=len, reverse=True):
            total += weight * (2 * (word in title) + (word in body))
            title, body = title.replace(word, "\n"), body.replace(word, "\n")
    return total
