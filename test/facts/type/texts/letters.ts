/** Letters as people write them, in many languages: nothing in them is for a machine. */

/** Language or occasion → text. */
export const LETTERS: Readonly<Record<string, string>> = {
  english:
    'Dear Mrs Miller,\n\nthank you for your call. I will set the date for the meeting and let you know if the room is free then. Please return the form by Friday; for each guest we need a name.\n\nIf you have any question, do call me.\n\nKind regards\nJohn\n',
  german:
    'Sehr geehrte Frau Müller,\n\nvielen Dank für Ihre Anfrage vom 3. Mai. Anbei erhalten Sie, wie besprochen, das Angebot über die Wartung der Heizung. Für Rückfragen stehe ich Ihnen gern zur Verfügung.\n\nMit freundlichen Grüßen\nHans Schröder\n',
  french:
    "Bonjour Madame,\n\nje vous remercie de votre courrier d'hier. L'adresse n'est pas encore connue, mais j'espère l'avoir d'ici lundi. Qu'en pensez-vous ?\n\nBien cordialement\nÉlodie\n",
  spanish:
    'Estimada señora:\n\nLe escribo para confirmar la reunión del próximo martes a las 10:30. ¿Podría enviarme el orden del día?\n\nUn saludo,\nJosé\n',
  italian:
    "Gentile dottoressa,\n\nl'incontro è stato spostato a giovedì. Se non può venire, mi faccia sapere entro domani, così possiamo scegliere un'altra data.\n\nCordiali saluti\nMarco\n",
  dutch:
    "Beste collega's,\n\nmorgen is er 's middags een vergadering over de nieuwe huisstijl. Neem je eigen agenda mee, en laat even weten of je komt.\n\nGroeten\nJan\n",
  polish:
    'Szanowni Państwo,\n\nw załączeniu przesyłam fakturę za marzec. Proszę o potwierdzenie odbioru.\n\nZ poważaniem\nŁukasz\n',
  czech:
    'Dobrý den,\n\nděkuji za Vaši zprávu. Příští týden budu na dovolené, proto prosím pište kolegyni.\n\nS pozdravem\nJiří\n',
  swedish:
    'Hej!\n\nKan du skicka listan över alla deltagare före fredag? Då hinner jag skriva ut den.\n\nHälsningar\nÅsa\n',
  finnish:
    'Hei,\n\nkokous alkaa kello yhdeksän. Tuothan mukanasi edellisen kokouksen pöytäkirjan.\n\nTerveisin\nPäivi\n',
  hungarian:
    'Tisztelt Uram!\n\nKöszönöm levelét. A szerződést jövő héten küldöm, addig kérem türelmét.\n\nÜdvözlettel\nGyörgy\n',
  turkish:
    'Merhaba,\n\ntoplantı salı günü saat onda başlayacak. Lütfen gelip gelmeyeceğinizi bildirin.\n\nSaygılarımla\nŞule\n',
  portuguese:
    'Caro Senhor,\n\nsegue em anexo a fatura do mês passado. Não hesite em contactar-nos.\n\nAtenciosamente\nJoão\n',
  greek: 'Αγαπητέ κύριε,\n\nσας ευχαριστώ για την επιστολή σας. Θα σας απαντήσω αύριο.\n\nΜε εκτίμηση\nΕλένη\n',
  russian: 'Уважаемый Иван Петрович!\n\nСпасибо за Ваше письмо. Договор будет готов в пятницу.\n\nС уважением\nАнна\n',
  japanese:
    '田中様\n\nいつもお世話になっております。会議は火曜日の十時からです。\n\nよろしくお願いいたします。\n山田\n',
  chinese: '王先生：\n\n您好！会议改到下星期二上午十点，请准时参加。\n\n此致\n敬礼\n李明\n',
  arabic: 'السيد المحترم،\n\nشكرا على رسالتكم. سنرسل الرد غدا.\n\nمع التحية\n',
  korean: '안녕하세요.\n\n회의는 화요일 오전 열 시에 시작합니다. 참석 여부를 알려 주세요.\n\n감사합니다.\n',
  short: 'ok, see you then\n',
  single: 'Hello',
  signature:
    '-- \nJohn Smith | Head of Sales\nTel. +49 30 1234567 | Fax -68\nhttps://www.own.invalid/ | sales@own.invalid\n',
  quoted:
    'Yes, do that.\n\n> On Monday Anna wrote:\n> > Shall I set the title, and send it?\n> If you can.\n>\n> -- \n> Bob\n',
  poem: 'The road goes on, the night is long,\nand who would call the end a song?\nDo until the morning light\nwhile others sleep, return the night.\n',
  legal:
    'This e-mail may contain confidential information. If you are not the intended recipient, please notify the sender and delete it. Any use, copy or disclosure is not permitted. Not every function of this notice is clear.\n',
  hyphens:
    'Add-ons\nStart-ups\nWrite-offs\nRead-only copies\nSet-top boxes\nOut-of-office notes\nStop-gap measures\nCopy-editing\n',
  thanks: "Don't worry, it's done. That's all for today; I'll call you at 5 o'clock. They've said it'd be fine.\n",
  shouting: 'SET THE DATE NOW!!! CALL ME. IF NOT EXIST ANY PLAN THEN GOTO PLAN B. END.\n',
  smileys: 'Great :-) see you ;-) (or not :-() <3 \\o/ =) ^^ *hug* @anna @bob #party $$$ 100%\n',
  outlook:
    'From: Smith, John\nSent: Monday, 1 January 2024 10:00\nTo: Miller, Anna\nSubject: Plans\n\nHello Anna, let us meet.\n',
}
