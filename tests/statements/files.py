"""Made-up statements, in exactly the layouts of their issuers."""

RAKUTEN = (
    "利用日,利用店名・商品名,利用者,支払方法,利用金額,支払手数料,支払総額,11月支払金額,当月請求額,12月繰越残高,新規サイン\r\n"
    "2026/11/02,ﾎｼｿﾞﾗｼﾖｳﾃﾝ,本人,1回払い,500,0,500,500,500,0,*\r\n"
    '"","現地利用額　3.200　USD　変換レート　156.250円",,,,,,,,,\r\n'
    '2026/11/01,"カフェ, 駅前",本人,1回払い,"1,200",0,1200,1200,1200,0,*\r\n'
)
# Older files have no 当月請求額, newer ones twelve columns.
RAKUTEN_OLD = (
    "利用日,利用店名・商品名,利用者,支払方法,利用金額,支払手数料,支払総額,11月支払金額,12月繰越残高,新規サイン\r\n"
    "2026/11/02,ﾎｼｿﾞﾗｼﾖｳﾃﾝ,本人,1回払い,500,0,500,500,0,*\r\n"
)
RAKUTEN_NEW = (
    "利用日,利用店名・商品名,利用者,支払方法,利用金額,手数料/利息,支払総額,支払月,11月支払金額,当月請求額,12月繰越残高,12月以降請求額\r\n"
    "2026/11/02,ﾎｼｿﾞﾗｼﾖｳﾃﾝ,本人,1回払い,500,0,500,11月,500,500,0,0\r\n"
)
SMBC = (
    "佐藤　花　様,1234-****-****-4242,三井住友カード\r\n"
    "2026/11/02,ＨＯＳＨＩＺＯＲＡ,500,１,１,500,\r\n"
    "2026/11/09,ＨＯＳＨＩＺＯＲＡ,-500,１,１,-500,\r\n"
    "2026/11/10,BOOKS ABROAD,1925,１,１,1925,12.30　USD　156.500　11 11\r\n"
    ",,,,,1925,\r\n"
    "佐藤　花　様,9876-****-****-1111,ＡｐｐｌｅＰａｙ／ｉＤ\r\n"
    "2026/11/12,カフェ,850,１,１,850,\r\n"
    ",,,,,850,\r\n"
)
SMBC_OPEN = (
    "2026/11/02,ＨＯＳＨＩＺＯＲＡ,ご本人,1回払い,,'26/12,500,500,,,,,\r\n"
    "2026/11/12,カフェ,ご本人,1回払い,,'26/12,850,850,,,,,\r\n"
)
EPOS = (
    "2026年12月4日お支払い分 ご利用明細\r\n"
    "種別（ショッピング、キャッシング、その他）,ご利用年月日,ご利用場所,ご利用内容,ご利用金額（キャッシングでは元金になります）,支払区分,お支払開始月,備考\r\n"
    "ショッピング,2026年11月2日,ホシゾラシヨウテン,,500,1回,2026年12月,\r\n"
    "ショッピング,2026年11月9日,ホシゾラシヨウテン,,500,1回,2026年12月,お取消日 2026年11月10日\r\n"
    "ショッピング合計,,,,0,,,\r\n"
    "※海外でのご利用は円に換算しております。\r\n"
)
JCB = (
    "今回のお支払日,2026年12月10日\r\n"
    "今回のお支払金額合計(￥),1350\r\n"
    "\r\n"
    "ご利用者,カテゴリ,ご利用日,ご利用先など,ご利用金額(￥),支払区分,今回回数,訂正サイン,お支払い金額(￥),国内／海外,摘要,備考\r\n"
    '佐藤　花,ショッピング,2026/11/02,ＨＯＳＨＩＺＯＲＡ,"1,500",１回払い,,,"1,500",国内,,\r\n'
    "佐藤　花,ショッピング,2026/11/09,ＨＯＳＨＩＺＯＲＡ,150,１回払い,,-,-150,国内,,\r\n"
    '佐藤　花,ショッピング,2026/11/10,BOOKS ABROAD,"1,925",１回払い,,,"1,925",海外,現地通貨額 12.30 USD,\r\n'
)
AEON = (
    "イオンカードご請求明細,,,,,,,,\r\n"
    "お名前,佐藤　花　様,,,,,,,\r\n"
    "カード,イオンカード,,,,,,,\r\n"
    "お支払日,2026年12月2日,,,,,,,\r\n"
    "ご請求額,500,,,,,,,\r\n"
    ",,,,,,,,\r\n"
    "ご利用明細,,,,,,,,\r\n"
    "ご利用日,利用者区分,ご利用先,支払方法,,,ご利用金額,備考,\r\n"
    "261102,本人,ホシゾラシヨウテン,1回,,,500,,\r\n"
    "261109,本人,カフェ,1回,,,850,,\r\n"
    ",,,,,合計,1350,,\r\n"
)
PAYPAY = (
    "利用日/キャンセル日,利用店名・商品名,利用者,決済方法,支払区分,利用金額,手数料,支払総額,当月支払金額,翌月以降繰越金額,調整額,当月お支払日\r\n"
    "2026/11/2,HOSHIZORA,本人,PayPayクレジット,1回払い,500,0,500,500,0,0,2026/12/28\r\n"
    "2026/11/9,HOSHIZORA,本人,PayPayクレジット,1回払い,-500,0,-500,-500,0,0,2026/12/28\r\n"
)
PAYPAY_ELEVEN = PAYPAY.replace("決済方法,", "").replace("PayPayクレジット,", "")
OFX_SGML = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n"
    "<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>USD<CCACCTFROM><ACCTID>4111111111114242</CCACCTFROM>\r\n"
    "<BANKTRANLIST><DTSTART>20261101<DTEND>20261130\r\n"
    "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261103120000[-5:EST]<DTUSER>20261102<TRNAMT>-31.20<FITID>1<NAME>HOSHIZORA TOKYO\r\n"
    "<ORIGCURRENCY><CURRATE>0.0065<CURSYM>JPY</ORIGCURRENCY></STMTTRN>\r\n"
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261109<TRNAMT>5.00<FITID>2<NAME>SMITH &amp; SONS</STMTTRN>\r\n"
    "</BANKTRANLIST></CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>\r\n"
)
OFX_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="220"?>\n'
    "<OFX><CCSTMTRS><CURDEF>JPY</CURDEF><BANKTRANLIST><STMTTRN>\n<TRNTYPE>DEBIT</TRNTYPE>\n"
    "<DTPOSTED>20261102</DTPOSTED><TRNAMT>-500</TRNAMT><FITID>1</FITID><NAME>ほしぞら商店</NAME></STMTTRN>"
    "</BANKTRANLIST></CCSTMTRS></OFX>"
)
EVERY = {
    "rakuten": [RAKUTEN, RAKUTEN_OLD, RAKUTEN_NEW],
    "smbc": [SMBC],
    "smbc_open": [SMBC_OPEN],
    "epos": [EPOS],
    "jcb": [JCB],
    "aeon": [AEON],
    "paypay": [PAYPAY, PAYPAY_ELEVEN],
    "ofx": [OFX_SGML, OFX_XML],
}
