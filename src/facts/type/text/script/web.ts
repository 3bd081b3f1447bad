/** Grammars of JavaScript, JScript, VBScript, VBA and PHP. */
import type { Grammar } from './grammar.ts'

/** Grammars of languages that came from the web and from Office. */
export const WEB_GRAMMARS: Readonly<Record<string, Grammar>> = {
  'text/javascript': [
    [9, `^ alert ( NUM|STR|ID ) ;|EOL  document . write ( unescape (`],
    [
      1,
      `function ID (  return ID ;  return ID (  if ( ID  for ( ID  while ( ID  } else {  ) {  } ;  ) ;  null ;  new ID (`,
    ],
    [
      2,
      `var ID =  var ID ;  var ID ,  var ID EOL  let ID =  let ID ;  const ID =  function (  typeof ID  ) =>  ID =>  true ,
       this . ID  } catch (  = STR + STR  ] ( STR ) ;  [ STR + STR  } ) ;  } ( ) ;  = [ STR  == = STR  == = ID  != = ID  { ID :  return function
       void NUM  instanceof ID  ; var|let|const ID`,
    ],
    [
      3,
      `new array (  = {  async function  await ID  import { ID  export default  export const|function|class|let|{
       import ID from STR  } from STR  import STR  . prototype .  ) => {  (|, function (  . length ;  . length )  math . floor|random|round (
       parseint (  settimeout (  setinterval (  object . keys|defineproperty|assign|freeze (  array . isarray (
       process . env|argv|exit  require ( STR )  . addeventlistener (  . queryselector (  use strict  promise . ID (
       let { ID  const { ID  const [ ID  ! function (  ( function (  undefined ;  . join ( STR )  . split ( STR )  . replace ( /`,
    ],
    [
      5,
      `new activexobject (  eval (  unescape (  . fromcharcode (  document . write (  document . getelementbyid (
       this [ STR + STR  document . createelement (  document . location  window . location  window . ID =  console . log (  json . parse|stringify (
       module . exports  decodeuricomponent (  atob (  . charcodeat (  $ ( document )  jquery (  wscript . createobject ( STR ) ;
       new function (  function * ID  document . cookie  navigator . useragent  location . href =  window [ STR ]  this [ STR ]`,
    ],
  ],
  'application/x-jscript': [
    [9, `new activexobject (  getobject ( STR ) ;`],
    [6, `createobject ( STR ) . ID (`],
    [3, `. run ( STR ) ;  . shellexecute ( STR  this [ STR + STR`],
    [4, `wscript . createobject|echo|quit|sleep|arguments|scriptfullname|shell  new enumerator (  . scriptfullname ;`],
  ],
  'text/vbscript': [
    [1, `then EOL  else EOL  loop EOL  wend EOL  next EOL  & STR  STR &  sub ID  call ID`],
    [
      3,
      `^ dim ID  ^ dim ID ,  ^ set ID =  ^ end sub|function|if|select|with|class|property  ^ exit sub|function|do|for  : set ID  : dim ID
       on error resume  resume next  ^ option explicit  do while|until  loop while|until  for each ID in  ^ sub ID (
       ^ const ID =  ^ elseif ID  ^ redim ID  ^ msgbox STR  ^ msgbox (|ID  & vbcrlf  ^ private|public sub|function|const|dim ID
       chr ( NUM )  ubound (  ^ select case  is nothing  = nothing  cstr (  lcase (  instr (  mid ( ID ,  replace ( ID , STR
       ^ if not ID  and not ID  if ID then  = false then  = true then  execute (  vbcr|vblf|vbtab|vbnewline|vbnullstring`,
    ],
    [
      9,
      `^ msgbox STR EOL  ^ getobject ( STR ) EOL  ^ set ID = getobject (  chr ( asc ( mid (  chr ( ascw|clng|cint (  chrw ( ascw|clng|cint (  set ID = createobject (  executeglobal (|STR  on error resume next`,
    ],
    [
      5,
      `^ createobject ( STR ) . ID  : execute ID  . run STR EOL  . shellexecute STR  createobject ( STR ) EOL  set ID = wscript  createobject ( ID )  executeglobal ID|(|STR  wscript . sleep NUM  wscript . quit EOL
       wscript . echo STR|ID  execute ID ( ID  . run ID ,  . run STR ,  getobject ( STR ) EOL  chr ( NUM ) &  chrw ( NUM ) &  & chr ( NUM )
       . run (  wscript . scriptfullname EOL  strreverse (  . responsebody`,
    ],
  ],
  'text/x-vba': [
    [9, `attribute vb_name =  attribute vb_globalnamespace  attribute vb_base`],
    [
      4,
      `^ sub autoopen|auto_open|document_open|workbook_open|autoexec|document_close (  declare ptrsafe  declare function ID lib  ^ private declare
       as string  as long  as integer  as variant  as object  as range  as worksheet  activedocument . ID  activeworkbook . ID  thisworkbook . ID  application . run|screenupdating
       on error goto  byval ID as  debug . print  range ( STR ) .`,
    ],
  ],
  'application/x-php': [
    [9, `<? php`],
    [4, ` $ _get|_post|_server|_request|_cookie|_files [`],
    [
      3,
      `echo STR ;  $ this ->  -> ID (  array (  isset ( $  base64_decode (  gzinflate (  function ID ( $  require_once STR|(  include STR|(  use ID \\  namespace ID \\`,
    ],
    [1, `$ ID =  $ ID ->  ) ; EOL  return $ ID`],
  ],
}
