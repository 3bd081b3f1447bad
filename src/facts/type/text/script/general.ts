/** Grammars of general languages, and of sources that are no scripts but look like them. */
import type { Grammar } from './grammar.ts'

/** Grammars of languages that an interpreter runs. */
export const GENERAL_GRAMMARS: Readonly<Record<string, Grammar>> = {
  'text/x-python': [
    [1, `^ return ID  ^ import ID EOL  not in  self ,`],
    [
      3,
      `^ def ID (  ^ class ID :  ^ class ID (  ^ from ID import  ^ import ID as  ^ import ID ,  ^ from ID . ID import  ^ try : EOL  ^ except ID|:  ^ elif ID  ^ else : EOL  self . ID  ^ with open (  with ID ( ID ) as  lambda ID :  ^ print (
       ^ finally : EOL  for ID in ID :  for ID in range (  is none  is not none  = none EOL  ^ raise ID  ^ yield ID  ^ if not ID :  if ID in  ) : EOL  ^ pass EOL  ^ @ ID EOL  . append (  . format (  ^ while true :  ^ global ID EOL  return none|true|false`,
    ],
    [
      6,
      `if __name__ ==  __name__ == STR  __import__ (  ^ exec (  os . system (  subprocess . ID (  def __init__ (  sys . argv  base64 . b64decode (  ^ import os EOL  ^ import sys EOL  ^ import re EOL  ^ import subprocess  ^ from __future__ import  socket . socket (  urllib . request  ctypes . ID`,
    ],
  ],
  'text/x-perl': [
    [1, `$ ID =  print STR ;  ) { EOL  ; EOL`],
    [
      3,
      `^ my $  my ( $  my @  my %  my $ ID =  ^ sub ID {  = shift ;  = shift  ^ foreach my|$  ^ unless (  =~ /|ID  @ _  $ _  push @  ^ use ID ;  use ID ::  qw (  or die STR  || die  -> {  % $ ID  ^ local $  ^ our $|@|%  elsif (  die STR ;  ^ open (  < stdin >  ^ chomp`,
    ],
    [
      6,
      `^ use strict ;  ^ use warnings ;  ^ package ID ;  ^ package ID ::  @ argv  $ env {  unpack ( STR  eval {  bless ID  use io ::  use socket ;  bless $|{`,
    ],
  ],
  'text/x-ruby': [
    [1, `^ end EOL  ^ class ID EOL`],
    [
      3,
      `^ def ID EOL  ^ def ID (  ^ require STR EOL  ^ puts STR|ID  do | ID |  . each do|{  ^ module ID EOL  attr_accessor :  attr_reader :  @ ID =  ^ unless ID  . nil ?  => e EOL  ^ rescue ID  ^ begin EOL  ^ elsif ID  end EOL end  . new EOL  ^ include ID EOL  require_relative STR  # {  ^ def self . ID  . empty ?  ^ ensure EOL`,
    ],
  ],
  'text/x-awk': [[3, `begin {  end {  $ NUM ~  print $ NUM  printf STR ,  $ NUM ==  nf ;  fs =  ofs =`]],
  'text/x-lua': [
    [
      3,
      `local function ID  ^ local ID =  function ID (  then EOL  ^ end EOL  ipairs (  pairs (  require STR  require ( STR  local ID = require  end )  elseif ID`,
    ],
  ],
  'text/x-tcl': [
    [
      4,
      `^ proc ID {  ^ set ID [  [ ID $  ^ puts STR|$  ^ package require  lindex $  foreach ID $  ^ namespace eval  [ expr {`,
    ],
  ],
  'text/x-applescript': [
    [
      5,
      `tell application STR  ^ end tell  do shell script  ^ set ID to  display dialog|notification  ^ on run  ^ end run  ^ on error  ^ end try  ^ try EOL  with administrator privileges  run script  as string EOL  of application  system events`,
    ],
  ],
  'text/x-autoit': [
    [
      5,
      `# include <  # notrayicon  ^ func ID (  ^ endfunc  ^ endif EOL  ^ wend EOL  local $ ID =  global $ ID =  @ scriptdir  @ tempdir  @ crlf  shellexecute (  fileinstall (  ^ dim $  ^ global const $  @ error  consolewrite (  msgbox ( NUM  guicreate (  dllcall ( STR  dllstructcreate (  binarytostring (  # region  ^ elseif ID  ^ until ID  # autoit3wrapper_ID`,
    ],
  ],
  'text/x-autohotkey': [
    [
      6,
      `# noenv  # singleinstance  # persistent  # notrayicon  sendmode input  setworkingdir %  : : EOL  ^ urldownloadtofile  ^ filedelete ,  ^ sleep , NUM  ^ winwait|winactivate ,  ^ ID :: send  ^ send ,|{  ^ settimer ,  a_scriptdir  a_temp  ^ gui ,  ^ msgbox ,|%`,
    ],
  ],
}

/** Grammars of sources, which need a compiler or another program: they keep their like from being taken for scripts. */
export const SOURCE_GRAMMARS: Readonly<Record<string, Grammar>> = {
  'text/x-c': [
    [
      5,
      `# include <  # include STR  # define ID  # ifdef ID  # ifndef ID  # endif  int main (  # pragma ID  unsigned int|char|long  static int|void|const|inline  struct ID {  typedef struct|enum|unsigned  printf ( STR  const char  void *  sizeof (  std ::`,
    ],
    [
      2,
      `# if  # else  int ID ;  int ID =  char *  int ID (  return NUM ;  -> ID  null )  void ID (  uint32_t ID  size_t ID  public :  private :  virtual ID  template <  using namespace  ) ;`,
    ],
  ],
  'text/x-java': [
    [
      5,
      `^ package ID . ID  ^ import java|javax|org|com|android . ID  public static void  public class ID  private static|final ID  public interface ID  @ override  system . out . println  throws ID  private final ID  protected ID ID  public final ID  extends ID implements  ^ import static`,
    ],
    [2, `private ID ID  public ID ID (  new ID (  return ID ;  ) ;  string [ ] args  this . ID =  final ID ID`],
  ],
  'text/x-csharp': [
    [
      5,
      `^ using system ;  ^ using system . ID  ^ namespace ID  public partial class  static void main (  { get ;  console . writeline (  ^ using ID . ID ;  internal class  public static ID ID (  [ dllimport (  string [ ] args  private readonly ID  async task`,
    ],
    [2, `private ID ID  public ID ID (  new ID (  return ID ;  ) ;  public class ID  var ID =  public override ID`],
  ],
  'text/x-go': [
    [
      5,
      `^ package main  ^ func ID (  ^ func (  ^ import (  ID :=  := ID  := range  err != nil  != nil {  fmt . ID (  ^ type ID struct  defer ID  make (  chan ID`,
    ],
  ],
  'text/x-rust': [
    [
      5,
      `^ fn ID (  ^ use ID ::  let mut ID  ^ impl ID  ^ pub fn|struct|enum|mod  -> ID {  ^ # [  ^ mod ID ;  println !  match ID {  & mut ID  & self  ^ struct ID  unwrap ( )  some (|=>  ok (`,
    ],
  ],
  'text/css': [
    [
      3,
      `{ color|margin|padding|display|font-size|font-family|background|width|height|position|border|text-align :  ; color|margin|padding|display|font-size|font-family|background|width|height|position|border|text-align|text-decoration|line-height|float|overflow :  @ media ID|(  @ import url|STR  @ font-face {  @ charset STR  : hover {  ! important  ^ body {  ^ color|margin|padding|display|font-size|font-family|background|width|height|border :`,
    ],
  ],
  'application/sql': [
    [
      4,
      `^ create table ID|\`|STR  create database  ^ insert into  ^ select ID from|,|.  ^ select *|distinct  ^ drop table ID ;  ^ drop table if  ^ alter table  primary key  not null  ^ update ID set  ^ delete from  auto_increment  varchar (  values (  ^ set names  ^ lock tables  engine =  order by  group by  left|inner join  where ID =`,
    ],
  ],
}
