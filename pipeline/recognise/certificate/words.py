"""What is printed on pass certificates: titles, and the labels of the fields in their many wordings, Japanese and English."""

from __future__ import annotations

TITLES = (
    "合格証明書", "合格証書", "合格証", "試験結果レポート", "合格証明書試験結果レポート", "スコアレポート", "試験結果通知書", "成績証明書",
    "合格通知書", "認定証", "認定証書", "資格認定証", "合格者証", "合格者証明書", "検定合格証書", "試験結果通知", "試験結果報告書",
    "試験成績証明書", "試験成績表", "成績通知書", "個人成績表", "個人成績票", "試験結果証明書", "結果通知書", "試験結果のお知らせ",
    "合格通知", "合否結果通知書", "試験結果", "Certificate", "Certificate of Passing", "Certificate of Pass",
    "Certificate of Achievement", "Certificate of Completion", "Certificate of Qualification", "Certification", "Score Report",
    "Official Score Report", "Examination Report", "Test Result Report", "Examination Result Report", "Pass Certificate",
    "合格成績証明書", "合格成績証明", "成績証明", "合格認定書", "合格認定証", "認定書", "認定証明書", "成績報告書", "成績レポート",
    "試験成績通知書", "試験成績書", "試験成績通知", "受験結果通知書", "受験結果", "受験結果レポート", "検定結果通知書", "検定結果",
    "合否通知書", "合否通知", "合否結果", "成績のお知らせ", "合格のお知らせ", "結果報告書", "結果証明書", "検定合格証", "検定合格証明書",
    "資格証", "資格証明書", "資格証書", "受験結果のお知らせ", "検定結果のお知らせ", "合否のお知らせ", "Examination Results", "Test Results",
    "Notification of Results", "Statement of Results", "Notice of Results", "Result Notice", "Score Certificate",
    "Certificate of Proficiency", "Certificate of Competency",
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
    "生年月日", "性別", "年齢", "有効期限", "有効期間", "有効期日", "有効年月日", "合格基準", "合格基準点", "合格スコア", "基準スコア",
    "合格最低点", "合格最低スコア", "最低合格点", "平均スコア", "前回スコア", "前回得点", "合格基準スコア", "全国平均点", "平均得点",
    "満点スコア", "最高スコア", "最低スコア", "合格発表日", "発表日", "合格点", "合格ライン", "基準点", "満点", "配点", "平均", "平均点",
    "全国平均", "受験者平均", "最高点", "最低点", "順位", "偏差値", "試験会場", "会場", "会場名", "受験地", "受験会場", "試験地",
    "試験時間", "開始時刻", "終了時刻", "会員番号", "氏名カナ", "氏名フリガナ", "カナ氏名", "氏名ふりがな", "カナ", "評価", "総合評価",
    "備考", "印刷日", "出力日", "登録日", "登録番号", "更新日", "更新期限", "再発行日", "受験回数", "再発行年月日", "再交付日",
    "次回試験日", "次回受験日", "申込番号", "申込受付番号", "受付番号", "お客様番号", "問合せ番号", "会場番号", "座席番号", "受講番号",
    "受講者番号", "合格日", "合格年月日", "受験申込日", "受験者数", "合格者数", "合格率", "担当者氏名", "代表者氏名", "会長氏名",
    "保護者氏名", "氏名よみ", "よみがな", "氏名よみがな", "読み仮名", "氏名読み", "旧姓", "出題数", "問題数", "正解数", "照会番号",
    "管理番号", "文書番号", "整理番号", "会長", "理事長", "代表者", "Date of Birth", "Birth Date", "Valid Until", "Valid Through",
    "Valid From", "Expiry Date", "Expiration Date", "Expires", "Test Center", "Test Centre", "Test Site", "Test Location", "Venue",
    "Gender", "Sex", "Passing Score", "Pass Mark", "Average", "Maximum Score", "Rank", "Print Date", "Printed On", "Report Date",
    "President", "Chairman", "Director", "Membership Number", "Country", "Reissue Date", "Date of Reissue", "Next Exam Date",
    "Application Number", "Seat Number",
)  # fmt: skip
"""What else stands on certificates; known, so that its values are not taken for those of the fields."""
LABELS: dict[str, tuple[str, ...]] = {
    "name": (
        "氏名", "受験者名", "受験者氏名", "お名前", "合格者氏名", "合格者名", "名前", "氏名漢字", "漢字氏名", "受験者", "受験者お名前",
        "Name", "Full Name", "Candidate Name", "Name of Candidate", "Examinee", "Examinee Name", "Name of Examinee", "Candidate",
        "受験者様", "受験者様氏名", "受験者様お名前", "合格者", "合格者お名前", "ご氏名", "御氏名", "被認定者", "被認定者氏名", "受検者",
        "受検者名", "受検者氏名", "本人氏名", "取得者", "取得者名", "取得者氏名", "資格取得者", "資格取得者氏名", "認定者氏名", "登録氏名",
        "姓名", "Holder", "Name of Holder", "Certificate Holder", "Awarded to", "Presented to", "Test Taker", "Test Taker Name",
        "Recipient", "Recipient Name", "Name in Japanese", "Name in Kanji", "Japanese Name",
    ),
    "name_roman": (
        "氏名ローマ字", "ローマ字氏名", "ローマ字", "英字氏名", "氏名英字", "氏名英文", "英文氏名", "ローマ字表記", "氏名ローマ字表記",
        "英文名", "英語表記", "氏名英語", "英字表記", "英文表記", "Name Roman", "Name in Roman Letters", "Roman Name", "Name in English",
        "English Name", "Name Romaji", "Romaji", "Name English", "Name in Romaji", "Name in Latin Letters",
        "アルファベット表記", "アルファベット", "アルファベット氏名", "氏名アルファベット", "氏名アルファベット表記", "欧文氏名",
        "氏名欧文", "欧文表記", "欧字氏名", "氏名欧字", "ローマ字名", "ローマ字綴り", "ローマ字つづり", "英字綴り", "英字つづり",
        "英語名", "英語氏名", "お名前ローマ字", "お名前英字", "お名前アルファベット", "氏名英字表記", "氏名英文表記",
        "氏名英語表記", "受験者名ローマ字",
        "受験者名英字", "受験者氏名ローマ字", "受験者氏名英字", "英文氏名表記", "英字名", "パスポート表記", "Name Alphabet",
        "Name in Alphabet", "Roman Letters", "Romanized Name", "Name Romanized", "Romanised Name", "Latin Name", "Name Latin",
    ),
    "candidate_id": (
        "受験者ID", "受験者番号", "受験番号", "受験ID", "受験者コード", "受験者ID番号", "受験者識別番号", "Candidate ID", "Candidate No",
        "Candidate Number", "Examinee ID", "Examinee No", "Examinee Number", "Test Taker ID", "Candidate ID Number", "Candidate Code",
        "受験者登録番号", "受験登録番号", "受験者登録ID", "受験登録ID", "受検番号", "受検者番号", "受検者ID", "受検ID", "受験票番号",
        "受験者No", "受験No", "受験者管理番号", "受験コード", "受験者登録コード", "受験番号ID", "受験者ナンバー", "Examinee Code",
        "Test Taker Number", "Test Taker No", "Candidate Registration Number", "Examinee Registration Number", "Candidate ID No",
    ),
    "pass_number": (
        "合格者番号", "合格番号", "認定番号", "合格証番号", "合格証明書番号", "証明書番号", "証書番号", "合格証書番号", "認定証番号",
        "資格番号", "合格者No", "合格No", "合格者ID", "Certificate No", "Certificate Number", "Certificate ID", "Certification No",
        "Certification Number", "Pass No", "Pass Number", "Passing Number", "Certification ID", "Successful Candidate No",
        "合格認定番号", "認定証明書番号", "証明番号", "合格証明番号", "認定No", "証書No", "証明書No", "合格証No", "認定ID", "合格ID",
        "認定書番号", "合格証明書No", "合格者登録番号", "合格登録番号", "資格認定番号", "資格証番号", "Credential ID", "Credential Number",
        "Passer Number", "Passer No",
    ),
    "exam": (
        "試験科目", "試験名", "試験名称", "受験科目", "検定名", "資格名", "資格", "検定", "試験種別", "科目", "受験級", "合格科目",
        "資格試験名", "試験区分", "受験区分", "合格資格", "種目", "受験試験", "検定種別", "資格種別", "合格試験", "取得資格", "試験",
        "合格区分", "受験種目", "資格名称", "検定試験名", "受験試験名", "級区分", "Examination", "Exam", "Exam Name", "Examination Name",
        "Test", "Test Name", "Subject", "Name of Examination", "Title of Examination", "Exam Title", "Qualification", "Exam Subject",
        "試験の種類", "試験種類", "受験種別", "資格区分", "認定資格", "認定資格名", "検定区分", "検定科目", "受検級", "受検科目", "合格級",
        "試験コース", "受験コース", "受験した試験", "合格した試験", "取得資格名", "認定区分", "認定種別", "認定名称", "資格試験",
        "受検区分", "Exam Type", "Exam Category", "Examination Subject", "Qualification Name",
    ),
    "exam_date": (
        "受験日", "試験日", "受験年月日", "試験実施日", "試験年月日", "実施日", "検定日", "試験期日", "検定実施日", "検定試験日",
        "実施年月日", "受験した日", "Exam Date", "Examination Date", "Date of Exam", "Date of Examination", "Test Date", "Date of Test",
        "Date Taken", "Exam Taken On", "Date of Exam Taken", "Examined On",
        "試験を受けた日", "受検日", "受検年月日", "試験実施年月日", "受験実施日", "受験日付", "試験日付", "ご受験日", "検定年月日",
    ),
    "issue_date": (
        "発行日", "交付日", "発行年月日", "交付年月日", "証明書発行日", "合格証発行日", "レポート発行日", "合格証明書発行日",
        "証明書交付日", "認定日", "認定年月日", "証明日付", "発行日付", "Date of Issue", "Issue Date", "Date Issued", "Issued On", "Issued",
        "Date of Issuance", "Certificate Date", "Certified On",
        "発行した日", "交付した日", "証明年月日", "証書発行日", "証書交付日", "発給日", "本証発行日", "本書発行日", "通知書発行日",
        "成績表発行日", "成績証明書発行日", "証明書発行年月日", "合格証交付日", "合格証書発行日", "合格証書交付日", "証明書交付年月日",
        "認定証発行日", "認定証交付日", "発行の日", "本通知発行日", "通知発行日", "本状発行日", "本票発行日", "Issuance Date",
    ),
    "score": (
        "スコア", "得点", "総合得点", "総合スコア", "合計得点", "合計スコア", "試験得点", "総得点", "総スコア", "獲得スコア", "合計点",
        "総合点", "取得スコア", "試験スコア", "あなたの得点", "あなたのスコア", "Score", "Total Score", "Your Score", "Overall Score",
        "Scaled Score", "Exam Score", "Test Score",
        "点数", "総点数", "総合点数", "合計点数", "獲得点", "獲得点数", "獲得得点", "取得点", "取得点数", "得点合計", "スコア合計", "評点",
        "総合評点", "ご得点", "総得点数", "試験得点合計", "Final Score",
    ),
    "written_percent": (
        "記述問題正答率", "記述問題得点率", "記述得点率", "筆記得点率", "記述式得点率", "記述正答率", "筆記正答率", "記述", "筆記",
        "記述問題", "筆記試験正答率", "筆記試験得点率", "記述式正答率", "記述式問題正答率", "記述試験正答率", "記述式問題", "記述試験",
        "筆記試験", "筆記問題", "筆記問題正答率", "Written", "Written Test", "Written Score", "Written Exam", "Written Examination",
        "Written Percentage", "Written Section", "Written Test Percentage", "Essay",
        "記述式", "筆記式", "論述", "論述式", "論述問題", "論述問題正答率", "論述式正答率", "論述得点率", "記述正解率", "記述問題正解率",
        "記述式正解率", "筆記正解率", "筆記問題正解率", "記述式問題得点率", "記述式問題正解率", "記述試験得点率", "記述部門正答率",
    ),
    "result": (
        "判定", "合否", "結果", "合否判定", "合否結果", "総合判定", "判定結果", "試験の結果", "合格判定", "最終判定", "Result", "Results",
        "Exam Result", "Pass Fail", "Test Result", "Overall Result", "Status", "Grade", "Judgement", "Judgment",
        "試験合否", "合否の別", "合否区分", "結果判定", "試験判定", "認定結果", "審査結果", "可否", "合否の判定", "総合結果",
        "Outcome", "Decision", "Final Result", "Pass or Fail",
    ),
    "issuer": (
        "発行者", "発行元", "発行団体", "発行機関", "認定団体", "実施団体", "認定者", "認定機関", "主催", "主催者", "主催団体",
        "試験実施団体", "実施機関", "証明者", "交付者", "発行責任者", "運営団体", "Issued by", "Issuer", "Issuing Body",
        "Issuing Organization", "Organization", "Certified by", "Authorized by", "Issuing Organisation",
        "発行", "発行団体名", "発行機関名", "発行者名", "認定団体名", "実施団体名", "実施主体", "主催団体名", "試験機関", "証明書発行者",
        "証明機関", "発行所", "交付団体", "交付機関", "認証機関", "証明書発行元", "Issuing Authority", "Issuing Institution", "Awarded by",
        "Granted by",
    ),
}  # fmt: skip
SCORE_LABELS = (
    (
        "コンタクトセンター戦略", "センター戦略", "戦略", "ストラテジー", "センターストラテジー", "コンタクトセンターストラテジー",
        "運営戦略", "Strategy", "Contact Center Strategy", "Center Strategy",
    ),
    (
        "カスタマーサービス", "顧客サービス", "カスタマサービス", "顧客対応", "お客様サービス", "カスタマー", "サービス",
        "Customer Service",
    ),
    (
        "CRM", "カスタマーリレーションシップマネジメント", "顧客関係管理", "顧客関係管理CRM", "顧客関係", "顧客管理",
        "Customer Relationship Management",
    ),
    (
        "オペレーション", "オペレーションマネジメント", "オペレーション管理", "センターオペレーション", "センター運営", "運営", "運用",
        "運営管理", "Operation", "Operations", "Operation Management", "Operations Management",
    ),
    (
        "ヒューマンリソースマネジメント", "ヒューマンリソース", "人材マネジメント", "人的資源管理", "人材管理", "人的資源マネジメント",
        "人材", "人的資源", "人材育成", "人材開発", "人事管理", "HRマネジメント", "Human Resources", "Human Resource",
        "Human Resource Management", "HRM",
    ),
    (
        "センターアーキテクト", "センターアーキテクチャ", "コンタクトセンターアーキテクチャ", "アーキテクチャ", "アーキテクチャー",
        "コンタクトセンターアーキテクト", "アーキテクト", "センター設計", "センター構築", "設計", "Architecture", "Center Architecture",
        "Center Architect", "Architect",
    ),
    (
        "ICTマネジメント", "ICT", "情報通信技術", "情報通信技術ICT", "ICT管理", "情報通信技術マネジメント", "情報通信", "ICT活用", "IT",
        "情報通信管理", "情報技術", "ICT Management", "IT Management",
    ),
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
HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("受験者", "受験者様", "受検者", "合格者", "取得者", "資格取得者", "被認定者", "Candidate", "Examinee", "Holder", "Test Taker",
             "Recipient"),
    "exam": ("試験", "検定", "資格", "Test", "Exam", "Examination", "Qualification"),
}  # fmt: skip
"""Wordings that are as often the heading of a block of labels."""
NOTES = ("漢字", "全角", "様", "戸籍名", "kanji", "半角", "英字", "半角英数", "半角英数字")
"""Notes in brackets behind a label that change nothing about which value is meant."""
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
