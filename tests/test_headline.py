from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import TextRank, headlines, load_labelled, read_page, summaries
from toolkit.candidates import FEATURES, FEWEST_CHARS
from toolkit.compression import UNITS, units
from toolkit.headline import HeadlineModel, explain, faults
from toolkit.salience import codes
from toolkit.strip import Strip

from .conftest import ROOT, shared

BODIES = [article.body for article in load_labelled(ROOT / "labelled", "train")][:400]


def is_subsequence(line: str, body: str) -> bool:
    characters = iter(body)
    return all(char in characters for char in line if not char.isspace())


@pytest.mark.parametrize("max_chars", [12, 24, 40])
def test_headlines_of_the_corpus_are_fit_to_print(max_chars: int) -> None:
    ranking = TextRank().rank(BODIES)
    lines = headlines(ranking, max_chars=max_chars)
    found = [faults(line, max_chars) for line in lines]
    clean = sum(not each for each in found)
    print(f"{clean} of {len(lines)} headlines of {max_chars} characters without a fault")
    assert clean / len(lines) >= 0.97
    for line, body in zip(lines, BODIES, strict=True):
        assert 0 < len(line) <= max_chars
        assert is_subsequence(line, body), line


@given(
    st.text(
        alphabet="近日，区总工会举办“书香”读书活动。送3台、药品给职工（环卫）！\n通过在了的",
        max_size=120,
    ),
    st.integers(FEWEST_CHARS, 60),
)
@settings(max_examples=300, deadline=None)
def test_any_body_has_a_headline(body: str, max_chars: int) -> None:
    (line,) = headlines(TextRank().rank([body]), max_chars=max_chars)
    assert len(line) <= max_chars
    assert "\n" not in line
    assert is_subsequence(line, body)


@given(st.lists(st.sampled_from(BODIES[:40]), max_size=4), st.sampled_from(BODIES[:40]))
@settings(max_examples=30, deadline=None)
def test_a_headline_does_not_depend_on_the_batch(others: list[str], body: str) -> None:
    together = TextRank().rank([*others, body])
    alone = TextRank().rank([body])
    assert headlines(together)[-1] == headlines(alone)[0]
    assert summaries(together)[-1] == summaries(alone)[0]


def test_the_first_article_of_a_batch_has_the_headline_that_it_would_have_later() -> None:
    after = headlines(TextRank().rank(["昨天下了雨。", *BODIES[:60]]))[1:]
    assert [headlines(TextRank().rank([body]))[0] for body in BODIES[:60]] == after


def strip_of(bodies: list[str]) -> Strip:
    """The sentences of some bodies that a headline may come from."""
    ranking = TextRank().rank(bodies)
    return Strip.of(ranking, ranking.place < 3)


def lines_of(body: str, max_chars: int = 24, *, grammar_alone: bool = False) -> list[str]:
    """Every candidate for a body's headline, or those that grammar knows of."""
    ranking = TextRank().rank([body])
    model = HeadlineModel.load()
    found = model.finder.candidates(ranking, max_chars)
    learned = found.features[:, FEATURES.index("learned")] > 0
    return [found.text(n) for n in np.flatnonzero(~(learned & grammar_alone)).tolist()]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "日前，青山区总工会印发一份通知，部署了今年夏天的送清凉活动。",
            "青山区总工会部署了今年夏天的送清凉活动",
        ),
        (
            "青山交警大队从今日起至月底，开展电动车停放整治。",
            "青山交警大队开展电动车停放整治",
        ),
        (
            "区总工会主席王芳在会上强调，各单位要按时发放高温津贴。",
            "区总工会主席王芳强调 各单位要按时发放高温津贴",
        ),
        (
            "青山区总工会在专项工作中，为了服务骑手，聚焦驿站建设，持续加大投入。",
            "青山区总工会聚焦驿站建设 持续加大投入",
        ),
        (
            "青山区总工会从5月14日开始，分批组织清扫工到医院体检。",
            "青山区总工会分批组织清扫工到医院体检",
        ),
        (
            "青山统计局发布的《职工收入报告》显示，一线职工的工资涨了一成。",
            "《职工收入报告》显示 一线职工的工资涨了一成",
        ),
    ],
)
def test_a_clause_has_the_subject_that_its_sentence_names(body: str, line: str) -> None:
    assert line in lines_of(body)


@pytest.mark.parametrize(
    "body",
    [
        # What grew is the sum, not the city.
        "今年上半年，青山市完成工业投资三百亿元，同比增长百分之八。",
        # Who speaks does not do what is said.
        "青山市市长王芳表示，将修建十座户外劳动者驿站。",
    ],
)
def test_a_subject_is_lent_to_no_clause_that_is_about_another(body: str) -> None:
    for line in [*headlines(TextRank().rank([body])), *lines_of(body, grammar_alone=True)]:
        assert not line.startswith(("青山市同比", "青山市市长王芳将", "王芳将"))


@pytest.mark.parametrize(
    ("body", "line"),
    [
        # What a noun's own clause says of it: after a verb, after whom it was done with, in front.
        (
            "王芳昨日在青山会见来华进行友好访问的加蓬总统邦戈一行，双方谈了两个多小时。",
            "王芳会见加蓬总统邦戈一行",
        ),
        (
            "6月16日，由市总工会和市住建局联合主办的青山职工技能大赛砌筑工决赛在工人文化宫举行。",
            "青山职工技能大赛砌筑工决赛在工人文化宫举行",
        ),
        ("昨天，三百名职工参观在青山展览馆举办的劳模成就展。", "三百名职工参观劳模成就展"),
        # Who is met and holds an office.
        ("青山市市长王芳昨天在人民会堂会见加蓬总统邦戈。", "王芳会见加蓬总统"),
        # How, on what, along what lines.
        ("青山市总工会昨日以视频方式召开劳模座谈会。", "青山市总工会召开劳模座谈会"),
        (
            "全市各级工会围绕重点工程和节能减排开展劳动竞赛，参赛职工431万人次。",
            "全市各级工会开展劳动竞赛",
        ),
        (
            "省长王芳就青山市发生地震向青山市市长李强致慰问电。",
            "王芳向青山市市长致慰问电",
        ),
        # Which of several it is goes only where the line is too long.
        (
            "北京市职工互助保障服务中心完成2023年第二季度“二次报销”打款工作，四十万职工受益。",
            "职工互助保障服务中心完成“二次报销”打款工作",
        ),
        # A place may have a verb in it.
        (
            "长治警方在郊区西白兔乡一处废弃砖厂内查获非法制造爆炸物窝点，抓获三人。",
            "长治警方查获非法制造爆炸物窝点",
        ),
        # A title's years stand in brackets.
        (
            "国务院近日印发《扩大内需战略规划纲要（2022—2035年）》。",
            "国务院印发《扩大内需战略规划纲要》",
        ),
        # Names are joined by a dash.
        ("2023澜沧江—湄公河合作媒体峰会昨日在北京举行。", "2023澜沧江—湄公河合作媒体峰会举行"),
    ],
)
def test_what_grammar_can_spare_is_left_out(body: str, line: str) -> None:
    assert line in lines_of(body)


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        # Times that say which, and not when.
        ("1989年建成的青山矿昨天关闭，1989年青山矿第一次出煤。", "青山矿第一次出煤"),
        ("大赛定于11月13日至14日在青山举办，报名已经开始。", "定于在青山"),
        ("展会将于明天（4月15日）至5月5日在青山举行。", "将至"),
        ("八月里，老人们一晚上剃了五十七个头。", "一剃"),
        # What would mean something else.
        ("青山市可持续交通创新中心昨天成立，市长王芳致辞。", "可交通"),
        ("工友的车门还没推开，志愿者就迎了上来。", "车门没推开"),
        ("2023“青山使命”科考正在进行，今天队员登顶。", "科考进行"),
        ("中欧班列（西安）开行量突破1100列，比上年多四成。", "班列开行量"),
        ("厂长毕文忠、党委副书记晏世荣出席了昨天的开工仪式。", "毕文忠、晏世荣"),
        # Whoever was named before the line.
        ("市长王芳致电李强，祝贺他就任青山大学校长。", "王芳祝贺就任"),
        ("市长王芳致电李强，祝贺他就任青山大学校长。", "祝贺他"),
        # The verb of who spoke is none of what was said.
        ("卫健委今天通报，31个省和新疆生产建设兵团报告新增新冠肺炎确诊病例295例。", "31个省。"),
    ],
)
def test_what_would_break_a_line_is_kept(body: str, broken: str) -> None:
    [chosen] = headlines(TextRank().rank([body]))
    assert not any(broken in f"{line}。" for line in [chosen, *lines_of(body, grammar_alone=True)])


def test_where_the_first_sentences_have_no_headline_more_are_looked_at() -> None:
    body = "编辑同志：\n我有话说。\n我们想了很久。\n青山区总工会给工友办了三十场招聘会。"
    assert headlines(TextRank().rank([body])) == ["青山区总工会给工友办了三十场招聘会"]
    assert headlines(TextRank().rank(["编辑同志：\n我们这些骑手想有一间歇脚的屋子。"])) == [
        "骑手想有一间歇脚的屋子"
    ]
    assert headlines(TextRank().rank(["编辑同志：\n他们说得很对。"])) == ["他们说得很对"]


def test_what_speaks_for_the_theme_counts() -> None:
    ranking = TextRank().rank(["青山区总工会办了一场演出。王芳带领志愿服务队修好了三十盏路灯。"])
    (plain,), (themed,) = (
        explain(ranking, count=99, evidence=evidence) for evidence in (None, [{"志愿": 2.0}])
    )
    assert not any("theme" in choice.reasons for choice in plain)
    assert {c.text for c in themed if "theme" in c.reasons} == {
        c.text for c in plain if "志愿" in c.text
    }


def test_a_speaker_alone_is_no_headline() -> None:
    body = "市卫生部门今天通报，青山河水质达到饮用标准。沿河三十个村子的居民放心了。"
    assert headlines(TextRank().rank([body]))[0] not in {"市卫生部门今天通报", "市卫生部门通报"}


def test_what_is_quoted_is_not_shortened() -> None:
    body = "青山区总工会日前发起“在青山看见美丽的家园”职工摄影大赛，三百人报名。"
    for line in lines_of(body, 40):
        assert "“" not in line or "“在青山看见美丽的家园”" in line


def test_a_name_keeps_its_last_character() -> None:
    body = "青山区副区长韩正在北京会见来访的企业代表，双方签订用工协议。"
    assert not any("韩北京" in line for line in lines_of(body, grammar_alone=True))


def test_we_and_you_do_not_speak_in_headlines_but_our_city_does() -> None:
    assert not any("我们" in line for line in lines_of("我们在厂里办了一场盛大的春节晚会。"))
    assert any("我省" in line for line in lines_of("昨天三百座职工驿站在我省建成，惠及万人。"))


def test_both_parts_of_a_line_stand_alone() -> None:
    bodies = BODIES[:200]
    for line in headlines(TextRank().rank(bodies), style="two-part"):
        assert len(line) <= 24
    lines = headlines(TextRank().rank(bodies), style="two-part")
    assert sum(not faults(line, 24) for line in lines) >= 0.99 * len(lines)


def test_who_speaks_may_end_a_part_that_is_not_the_last() -> None:
    assert faults("王芳表示 高温津贴已经发放") == []
    assert faults("高温津贴已经发放 王芳表示") == ["ends in '表示'"]


def test_a_summary_opens_with_no_tail_of_a_quotation() -> None:
    body = "“井水很甜。”王芳说。老井昨天重新出水，三百户人家喝上了甜水。"
    (summary,) = summaries(TextRank().rank([body]), max_chars=60)
    assert "王芳说" not in summary
    assert "老井昨天重新出水" in summary


@pytest.mark.parametrize(("end", "lists"), [("", 0), ("等物品", 2)])
def test_a_list_without_its_end_is_none(end: str, lists: int) -> None:
    strip = strip_of([f"区总工会给职工送去了毛巾、凉茶、防暑药品{end}"])
    assert np.count_nonzero(units(strip).kind == UNITS.index("list")) == lists


def test_who_spoke_in_the_article_before_does_not_count() -> None:
    body = "区总工会给职工送去了毛巾和凉茶。"
    alone, after = (strip_of([*others, body]) for others in ([], ["工会主席王芳表示"]))
    own = codes(alone, units(alone))["after_who_spoke"]
    assert codes(after, units(after))["after_who_spoke"][-len(own) :].tolist() == own.tolist()


def test_the_winner_that_is_explained_is_the_headline() -> None:
    bodies = [*BODIES[:150], "", "好。", "“好"]
    ranking = TextRank().rank(bodies)
    for line, choices in zip(headlines(ranking), explain(ranking), strict=True):
        assert line == (choices[0].text if choices else "")
        assert len({choice.text for choice in choices}) == len(choices) <= 2
        for choice in choices:
            assert choice.score == pytest.approx(sum(choice.reasons.values()), abs=0.01)
        if len(choices) == 2:
            assert choices[0].score >= choices[1].score


def test_a_real_page() -> None:
    page = read_page(shared("pages/workers-daily-page.txt").read_text("utf-8"))
    lines = headlines(TextRank().rank(page))
    for line, article in zip(lines, page, strict=True):
        assert faults(line, 24) == []
        assert line != article.title
    assert "线上公益联谊交友活动" in lines[4]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("区总工会举办“书香读书活动", "partner"),
        ("，区总工会举办读书活动", "punctuation"),
        ("近日区总工会举办读书活动", "近日"),
        ("读书活动", "too short"),
        ("区总工会举办读书活动" * 3, "longer than 24"),
    ],
)
def test_faults(line: str, fault: str) -> None:
    assert any(fault in found for found in faults(line, 24))


def test_no_room_for_a_headline() -> None:
    with pytest.raises(ValueError, match="at least 6"):
        headlines(TextRank().rank(["区总工会举办读书活动。"]), max_chars=5)


def test_summaries_are_sentences_in_order() -> None:
    body = "老井重新出水。村里人挑水排队。老井的水很甜。县里来人验了水质。今天下雨。"
    ranking = TextRank().rank([body])
    (two,) = summaries(ranking, sentences=2)
    sentences = body.split("。")
    chosen = [sentence for sentence in two.split("。") if sentence]
    assert len(chosen) == 2
    assert sorted(chosen, key=sentences.index) == chosen
    (short,) = summaries(ranking, max_chars=16)
    assert 0 < len(short) <= 16


def test_a_summary_does_not_repeat_itself() -> None:
    body = "工会把毛巾药品送到司机手里。工会把毛巾药品送到司机手里。天气热了。"
    (summary,) = summaries(TextRank().rank([body]), sentences=3)
    assert summary.count("毛巾") == 1


def test_a_byline_is_in_neither() -> None:
    body = "本报讯（记者 王芳 通讯员 李强）城关镇老井昨天重新出水，三百户人家喝上了甜水。"
    ranking = TextRank().rank([body])
    for text in (*headlines(ranking), *summaries(ranking)):
        assert text
        assert "王芳" not in text
        assert "本报讯" not in text


def test_an_empty_body() -> None:
    ranking = TextRank().rank(["", "。"])
    assert headlines(ranking) == summaries(ranking) == ["", ""]


def test_a_date_is_not_cut_and_a_duration_stays() -> None:
    bodies = [
        "县总工会消息：今冬给困难职工发放取暖补贴，每户600元，11月10日前打入“惠民卡”，不用本人申请。",
        "店关了，失业险只交了七个月。",
    ]
    lines = headlines(TextRank().rank(bodies))
    assert "10打入" not in lines[0] and "消息" not in lines[0]
    assert lines[1].endswith("只交了七个月")


def test_a_name_that_goes_on_lends_no_part_of_itself() -> None:
    body = (
        "日前，临江市职工互助保障服务中心完成二次报销打款工作，受助职工3200人，发放互助金640万元。"
    )
    line = headlines(TextRank().rank([body]))[0]
    assert not line.startswith("临江市职工发放")


def test_a_place_is_dropped_whole_or_not_at_all() -> None:
    body = "全市点检员技能比武决赛在澄钢冷轧车间举行，64名选手参加。"
    line = headlines(TextRank().rank([body]))[0]
    assert "冷轧车间" not in line or "在澄钢冷轧车间" in line


def test_who_somebody_is_is_no_news() -> None:
    body = "李春生是城东街道的一名快递员，今年二十五岁。区总工会为快递员建成三十家暖心驿站。"
    assert "是城东" not in headlines(TextRank().rank([body]))[0]


def test_what_stands_before_a_long_noun_is_not_its_subject() -> None:
    body = "区总工会主席近日对暖心驿站建设作出的重要指示，在基层工会干部中引发强烈反响。"
    line = headlines(TextRank().rank([body]))[0]
    assert not line.startswith(("区总工会主席在基层", "区总工会主席引发"))


def test_who_attacked_was_not_repelled() -> None:
    body = "诈骗团伙昨日冒充工会人员向职工发短信，均被反诈中心拦截。"
    assert not headlines(TextRank().rank([body]))[0].startswith("诈骗团伙均被")
