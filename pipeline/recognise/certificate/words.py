"""What is printed on pass certificates: titles, and the labels of the fields in their many wordings, Japanese and English."""

from __future__ import annotations

TITLES = (
    "合格証明書", "合格証書", "合格証", "試験結果レポート", "合格証明書試験結果レポート", "スコアレポート", "試験結果通知書", "成績証明書",
    "合格通知書", "認定証", "認定証書", "資格認定証", "合格者証", "合格者証明書", "検定合格証書", "試験結果通知", "試験結果報告書",
    "試験成績証明書", "試験成績表", "成績通知書", "個人成績表", "個人成績票", "試験結果証明書", "結果通知書", "試験結果のお知らせ",
    "合格通知", "合否結果通知書", "試験結果", "Certificate", "Certificate of Passing", "Certificate of Pass",
    "Certificate of Achievement", "Certificate of Completion", "Certificate of Qualification", "Certification", "Score Report",
    "Official Score Report", "Examination Report", "Test Result Report", "Examination Result Report", "Pass Certificate",
)  # fmt: skip
OTHER_SHEETS = (
    "資格認定申請書", "業務経験証明書", "上司もしくは監督者による証明", "宣誓書", "実務経験証明書", "申請書", "申込書", "請求書", "領収書",
    "領収証", "履歴書", "受験票", "受験申込書", "受験案内", "受験申込確認書", "申込確認書", "在籍証明書", "卒業証明書", "委任状",
    "運転免許証", "納品書", "送付状", "書類送付状", "診断書", "住民票", "振込明細書",
)  # fmt: skip
"""Titles of papers that speak of examinations or carry the same labels and are no pass certificates."""
APPLICATION = (
    "フリガナ", "ふりがな", "郵便番号", "住所", "自宅住所", "現住所", "所在地", "電話番号", "連絡先", "メールアドレス", "勤務先",
    "勤務先名", "勤務先名称", "会社名", "部署", "部署名", "役職", "役職名", "所属", "署名", "自署", "申請日", "申込日", "証明日", "作成日",
    "宣誓日", "申請者氏名", "証明者氏名", "被証明者氏名", "従事期間", "従事した期間", "業務内容", "担当業務", "本籍", "免許の条件等",
    "振込日", "振込名義人", "送付先", "同封書類", "受験料",
)  # fmt: skip
"""Labels of what people apply with or pay for: three of them and the paper is no certificate."""
OTHER_LABELS = (
    "生年月日", "性別", "年齢", "有効期限", "有効期間", "有効期日", "有効年月日", "合格基準", "合格基準点", "合格点", "合格ライン",
    "基準点", "満点", "配点", "平均", "平均点", "全国平均", "受験者平均", "最高点", "最低点", "順位", "偏差値", "試験会場", "会場",
    "会場名", "受験地", "受験会場", "試験地", "試験時間", "開始時刻", "終了時刻", "会員番号", "氏名カナ", "氏名フリガナ", "カナ氏名",
    "氏名ふりがな", "カナ", "評価", "総合評価", "備考", "印刷日", "出力日", "登録日", "登録番号",
    "更新日", "更新期限", "再発行日", "受験回数", "出題数", "問題数", "正解数", "照会番号", "管理番号", "文書番号", "整理番号", "会長",
    "理事長", "代表者", "Date of Birth", "Birth Date", "Valid Until", "Valid Through", "Valid From", "Expiry Date", "Expiration Date",
    "Expires", "Test Center", "Test Centre", "Test Site", "Test Location", "Venue", "Gender", "Sex", "Passing Score", "Pass Mark",
    "Average", "Maximum Score", "Rank", "Print Date", "Printed On", "Report Date", "President", "Chairman", "Director",
    "Membership Number", "Country",
)  # fmt: skip
"""What else stands on certificates; known, so that its values are not taken for those of the fields."""
LABELS: dict[str, tuple[str, ...]] = {
    "name": (
        "氏名", "受験者名", "受験者氏名", "お名前", "合格者氏名", "合格者名", "名前", "氏名漢字", "漢字氏名", "受験者", "受験者お名前",
        "Name", "Full Name", "Candidate Name", "Name of Candidate", "Examinee", "Examinee Name", "Name of Examinee", "Candidate",
    ),
    "name_roman": (
        "氏名ローマ字", "ローマ字氏名", "ローマ字", "英字氏名", "氏名英字", "氏名英文", "英文氏名", "ローマ字表記", "氏名ローマ字表記",
        "英文名", "英語表記", "氏名英語", "英字表記", "英文表記", "Name Roman", "Name in Roman Letters", "Roman Name", "Name in English",
        "English Name", "Name Romaji", "Romaji", "Name English", "Name in Romaji", "Name in Latin Letters",
    ),
    "candidate_id": (
        "受験者ID", "受験者番号", "受験番号", "受験ID", "受験者コード", "受験者ID番号", "受験者識別番号", "Candidate ID", "Candidate No",
        "Candidate Number", "Examinee ID", "Examinee No", "Examinee Number", "Test Taker ID", "Candidate ID Number", "Candidate Code",
    ),
    "pass_number": (
        "合格者番号", "合格番号", "認定番号", "合格証番号", "合格証明書番号", "証明書番号", "証書番号", "合格証書番号", "認定証番号",
        "資格番号", "合格者No", "合格No", "合格者ID", "Certificate No", "Certificate Number", "Certificate ID", "Certification No",
        "Certification Number", "Pass No", "Pass Number", "Passing Number", "Certification ID", "Successful Candidate No",
        "Passer Number", "Passer No",
    ),
    "exam": (
        "試験科目", "試験名", "試験名称", "受験科目", "検定名", "資格名", "資格", "検定", "試験種別", "科目", "受験級", "合格科目",
        "資格試験名", "試験区分", "受験区分", "合格資格", "種目", "受験試験", "検定種別", "資格種別", "合格試験", "取得資格", "試験",
        "合格区分", "受験種目", "資格名称", "検定試験名", "受験試験名", "級区分", "Examination", "Exam", "Exam Name", "Examination Name",
        "Test", "Test Name", "Subject", "Name of Examination", "Title of Examination", "Exam Title", "Qualification", "Exam Subject",
    ),
    "exam_date": (
        "受験日", "試験日", "受験年月日", "試験実施日", "試験年月日", "実施日", "検定日", "試験期日", "検定実施日", "検定試験日",
        "実施年月日", "受験した日", "Exam Date", "Examination Date", "Date of Exam", "Date of Examination", "Test Date", "Date of Test",
        "Date Taken", "Exam Taken On", "Date of Exam Taken", "Examined On",
    ),
    "issue_date": (
        "発行日", "交付日", "発行年月日", "交付年月日", "証明書発行日", "合格証発行日", "レポート発行日", "合格証明書発行日",
        "証明書交付日", "認定日", "認定年月日", "証明日付", "発行日付", "Date of Issue", "Issue Date", "Date Issued", "Issued On", "Issued",
        "Date of Issuance", "Certificate Date", "Certified On",
    ),
    "score": (
        "スコア", "得点", "総合得点", "総合スコア", "合計得点", "合計スコア", "試験得点", "総得点", "総スコア", "獲得スコア", "合計点",
        "総合点", "取得スコア", "試験スコア", "あなたの得点", "あなたのスコア", "Score", "Total Score", "Your Score", "Overall Score",
        "Scaled Score", "Exam Score", "Test Score",
    ),
    "written_percent": (
        "記述問題正答率", "記述問題得点率", "記述得点率", "筆記得点率", "記述式得点率", "記述正答率", "筆記正答率", "記述", "筆記",
        "記述問題", "筆記試験正答率", "筆記試験得点率", "記述式正答率", "記述式問題正答率", "記述試験正答率", "記述式問題", "記述試験",
        "筆記試験", "筆記問題", "筆記問題正答率", "Written", "Written Test", "Written Score", "Written Exam", "Written Examination",
        "Written Percentage", "Written Section", "Written Test Percentage", "Essay",
    ),
    "result": (
        "判定", "合否", "結果", "合否判定", "合否結果", "総合判定", "判定結果", "試験の結果", "合格判定", "最終判定", "Result", "Results",
        "Exam Result", "Pass Fail", "Test Result", "Overall Result", "Status", "Grade", "Judgement", "Judgment",
    ),
    "issuer": (
        "発行者", "発行元", "発行団体", "発行機関", "認定団体", "実施団体", "認定者", "認定機関", "主催", "主催者", "主催団体",
        "試験実施団体", "実施機関", "証明者", "交付者", "発行責任者", "運営団体", "Issued by", "Issuer", "Issuing Body",
        "Issuing Organization", "Organization", "Certified by", "Authorized by", "Issuing Organisation",
    ),
}  # fmt: skip
SCORE_LABELS = (
    ("コンタクトセンター戦略", "センター戦略", "戦略", "ストラテジー", "Strategy", "Contact Center Strategy", "Center Strategy"),
    ("カスタマーサービス", "顧客サービス", "Customer Service", "カスタマサービス"),
    ("CRM", "カスタマーリレーションシップマネジメント", "顧客関係管理", "顧客関係管理CRM", "Customer Relationship Management"),
    ("オペレーション", "オペレーションマネジメント", "運営", "Operation", "Operations", "Operation Management", "Operations Management"),
    (
        "ヒューマンリソースマネジメント", "ヒューマンリソース", "人材マネジメント", "人的資源管理", "人材管理", "人的資源マネジメント",
        "Human Resources", "Human Resource", "Human Resource Management", "HRM",
    ),
    (
        "センターアーキテクト", "センターアーキテクチャ", "コンタクトセンターアーキテクチャ", "アーキテクチャ", "アーキテクチャー",
        "コンタクトセンターアーキテクト", "アーキテクト", "Architecture", "Center Architecture", "Center Architect", "Architect",
    ),
    ("ICTマネジメント", "ICT", "情報通信技術", "情報通信技術ICT", "ICT管理", "情報通信技術マネジメント", "ICT Management", "IT Management"),
)  # fmt: skip
"""The seven fields, in their order."""
CODES = ("ST", "CS", "CR", "OP", "HR", "AR", "IC")
DEFINITE: dict[str, tuple[str, ...]] = {
    "name": ("氏名", "受験者氏名", "合格者氏名", "氏名漢字", "漢字氏名"),
    "pass_number": ("合格者番号", "合格番号", "合格者No", "合格者ID"),
    "exam_date": ("試験日", "受験日", "受験年月日", "試験年月日", "試験実施日"),
    "issue_date": ("発行日", "発行年月日", "証明書発行日", "合格証明書発行日", "Date of Issue", "Issue Date"),
    "score": ("総合得点", "総合スコア", "合計得点", "合計スコア", "総得点", "総スコア", "Total Score", "Overall Score"),
    "result": ("総合判定", "合否判定", "合否", "合否結果"),
}
"""Where two labels of one field stand on a page with different values, such a wording is the one that is meant."""
TRANSLATION = (
    "name", "number", "date", "issue", "exam", "score", "result", "candidate", "certificate", "written", "roman", "english", "letters",
    "issued", "total", "birth", "valid", "subject", "percentage", "management", "service", "strategy", "operation", "resource",
    "architect", "pass", "status", "test", "qualification", "organization", "overall",
)  # fmt: skip
"""English words in the labels of bilingual papers."""
SHORT_TRANSLATIONS = ("no", "id", "ict", "crm", "hr", "it", "st", "cs", "cr", "op", "ar", "ic")
"""Those too short to be told when misread."""
BODIES = ("一般社団法人日本コンタクトセンター教育検定協会", "日本コンタクトセンター教育検定協会", "コンタクトセンター教育検定協会")
"""The body that issues the certificates, as it is printed."""
