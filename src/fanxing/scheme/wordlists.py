"""The words by which the guard knows what a record, a field or a fact is about, in English ids and Chinese titles."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class WordList:
    """What a subject is called.

    english   words of an id or an English title, several joined by _
    chinese   a pattern found anywhere in a Chinese title; `exactly` are titles that say nothing else
    fine      phrases that hold one of the words and mean something else; they are taken out first
    """

    subject: str
    english: frozenset[str]
    chinese: re.Pattern[str]
    fine: re.Pattern[str]
    exactly: frozenset[str] = frozenset()

    def found_in(self, *texts: str) -> str:
        """The first word found in ids, titles or words; empty if there is none."""
        return next((word for text in texts if (word := self._found(text))), "")

    def _found(self, text: str) -> str:
        rest = self.fine.sub("｜", text.lower())
        if rest.strip() in self.exactly:
            return rest.strip()
        spaced = f"_{re.sub(r'[^a-z0-9]+', '_', rest)}_"
        english = next((word for word in sorted(self.english) if f"_{word}_" in spaced), "")
        chinese = self.chinese.search(rest)
        return chinese[0] if chinese else english


def _list(subject: str, english: str, chinese: str, fine: str = "", exactly: str = "") -> WordList:
    nothing = r"(?!)"
    return WordList(subject, frozenset(english.split()), re.compile(chinese), re.compile(fine or nothing), frozenset(exactly.split()))


# What work leaves behind on screens and in folders.
TRACES = (
    _list(
        "sign-ins",
        "sign_in sign_ins signin signins login logins log_in log_ins check_in check_ins checkin checkins clock_in clock_ins punch_in",
        "签到|打卡|登录|登陆次数",
        fine="打卡(点|地|景点)|网红打卡",
    ),
    _list(
        "views, likes and shares",
        "views page_views likes reposts retweets followers clicks downloads installs shares subscribers",
        "点赞|浏览|阅读(量|数|次数)|点击(量|数|率)|(转发|分享|评论)(量|数|次数|率)|粉丝|关注(量|数)|下载(量|数|次数)|装机|活跃度|日活",
        fine="market_shares|stock_shares|股",
    ),
    _list(
        "who has read what was sent",
        "read_receipt read_receipts read_rate has_read unread",
        "已读|未读|阅读率|阅读(回执|确认)|(通知|消息|公文)(的)?(阅读|签收|回执|回复)|签收(率|数|次数)|(回执|回复)(率|数|次数)",
    ),
    _list(
        "time spent online", "online_time online_hours online_minutes time_online screen_time", "在线(时长|时间|学习时长)|学习时长|使用时长"
    ),
    _list(
        "photos, files and other evidence",
        "photo photos picture pictures image images screenshot screenshots video videos file files attachment attachments upload uploads "
        "evidence",
        "照片|图片|截图|录像|影像|视频|佐证|附件|留痕|痕迹|上传|(文件|材料|资料|台账|简报)(数|份数|篇数|量)|材料报送|信息报送|稿件",
        fine="video_cameras?|video_(calls?|meetings?)|视频(监控|会议|探头|通话)|监控视频|image_of_the_village",
    ),
)

# What is never written down about a person.
TRAITS = (
    _list(
        "belief",
        "religion religions religious belief beliefs faith faiths",
        "宗教|信教|教徒|信众|教派|信仰|邪教",
        fine="good_faith|[反防拒]邪教|抵制邪教|信仰教育|红色信仰|(民族)?宗教(政策|法规)",
    ),
    _list(
        "ethnicity",
        "ethnic ethnicity ethnicities ethnic_group nationality",
        "民族|族别|族裔",
        fine="中华民族|民族(团结|复兴|宗教政策|政策|工作|文化|乡|舞)",
    ),
    _list(
        "petitions",
        "petition petitions petitioner petitioners",
        "信访|上访|访民|越级访|[进赴]京访|缠访|闹访|集体访",
        fine="信访(局|部门|办公室|办)",
    ),
    _list(
        "persons under watch",
        "key_person key_persons key_people watchlist watch_list ex_offender ex_offenders",
        "重点人员|重点人群|管控(对象|人员)|稳控|刑满|社区矫正(对象|人员)|矫正对象|安置帮教|吸毒|戒毒人员|前科",
    ),
    _list(
        "health",
        "illness illnesses disease diseases diagnosis disability disabilities disabled patient patients medical_history medical_record "
        "medical_records health_status health_condition health_record health_records mental_illness pregnant pregnancy vaccinated hiv",
        "(健康|身体)(状况|情况|状态)|健康(档案|信息|码)|残疾|残障|失能|失智|智障|病史|病情|患病|患者|病人|病种|疾病|慢性?病|重病|大病患|传染病例|"
        "精神(障碍|病|疾病)|高血压|糖尿病|肿瘤|癌症|艾滋|孕产|孕妇|怀孕|疫苗接种|接种疫苗|体检(结果|报告|情况|人数|率)",
        fine="(plant|crop|animal)_diseases?|disease_(prevention|control)|(疾病|慢性?病|传染病)(预防|防治|防控|宣传|知识|讲座)|疾控|残疾人联合会|"
        "(畜禽|动物|犬只?)(疫苗接种|疾病)|(法治|房屋|住房|城市|工程)体检",
        exactly="健康 身体健康 体检 health",
    ),
    _list(
        "ID numbers",
        "id_number id_numbers id_no id_card id_cards identity_card identity_number national_id passport passport_number ssn",
        "身份证|证件号|身份号|社保号|护照号",
        fine="(办|代办|办理|补办)身份证|身份证(代办|办理)",
    ),
    _list(
        "faces and other biometric data",
        "face faces facial fingerprint fingerprints iris biometric biometrics voiceprint voiceprints",
        "人脸|刷脸|指纹|掌纹|虹膜|声纹|面部|生物(特征|识别)",
        fine="face_to_face",
    ),
    _list(
        "tracks and positions of persons",
        "trajectory trajectories whereabouts gps_track gps_tracks live_location location_history tracks",
        "轨迹|行踪|行程码|(人员|实时|手机)(定位|位置)|定位信息",
        fine="(发展|成长)轨迹",
    ),
)

VOICES = _list(
    "people who speak up",
    "complaint complaints dispute disputes objection objections grievance grievances",
    "投诉|举报|诉求|随手拍|纠纷|异议|申诉|信访",
)
LATE = _list("late or reopened handling", "late overdue reopened repeated", "超期|逾期|超时|未按[期时]|延误|反复|重开|重复|不及时")
