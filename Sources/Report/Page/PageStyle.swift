/// The style sheet of a page: one column on a telephone, where rows of tables become cards, as do those of wide tables on
/// a screen of some 800 pixels; from there on charts stand side by side.
enum PageStyle {
  static let sheet: StaticString = """
    :root{--ink:#1c2024;--soft:#5c6670;--rule:#d5dae0;--ground:#fff;--card:#f5f7f9;--link:#0b5cad;
    --reveals:#b3430f;--notShown:#3d5a6c;--doubtful:#8a6100}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,"DejaVu Sans",sans-serif;
    overflow-wrap:anywhere}
    thead th{overflow-wrap:normal}tbody th{min-width:8.5em}
    main,header,footer{max-width:1180px;margin:0 auto;padding:0 16px}
    h1{font-size:1.7rem;line-height:1.2;margin:28px 0 4px}
    h2{font-size:1.35rem;line-height:1.25;margin:40px 0 12px;padding-top:16px;border-top:2px solid var(--rule)}
    h3{font-size:1.08rem;margin:30px 0 8px}
    p,li{max-width:76ch}.soft{color:var(--soft)}a{color:var(--link)}
    .verdict{background:var(--card);border-left:6px solid var(--soft);padding:14px 18px;margin:12px 0}
    .verdict.reveals{border-color:var(--reveals)}.verdict.notShown{border-color:var(--notShown)}
    .verdict.doubtful{border-color:var(--doubtful);border-left-style:double}
    .verdict .headline{font-size:1.2rem;font-weight:650;margin:0 0 8px}.verdict p{margin:6px 0}
    .charts{columns:340px;column-gap:24px}
    figure{margin:0 0 24px;break-inside:avoid}figcaption{font-size:.88rem;color:var(--soft);margin-top:4px}
    .chart{display:block;width:100%;max-width:460px;height:auto}
    h4{font-size:.95rem;margin:22px 0 6px}
    .views{display:flex;flex-wrap:wrap;gap:4px;margin:8px 0 14px}
    .views img{width:72px;height:72px;image-rendering:pixelated;border:1px solid var(--rule)}
    table{border-collapse:collapse;width:100%;margin:14px 0;font-size:.86rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--soft);padding-bottom:6px}
    th,td{padding:6px 12px 6px 0;vertical-align:top;border-bottom:1px solid var(--rule);text-align:left}
    thead th{border-bottom:2px solid var(--soft);font-weight:600}tbody th{font-weight:500}
    .short{white-space:nowrap}
    .interval{white-space:nowrap;color:var(--soft)}
    .narrow{width:auto;min-width:min(100%,420px)}
    summary{cursor:pointer;margin:12px 0;color:var(--link)}
    footer{margin-top:48px;padding-bottom:32px;color:var(--soft);font-size:.86rem}
    @media screen and (max-width:960px){
    .wide,.wide tbody,.wide tr,.wide tbody th,.wide td,.wide caption{display:block}
    .wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    .wide tr{max-width:34em;border-bottom:1px solid var(--rule);padding:8px 0}
    .wide th,.wide td{border:0;padding:1px 0}.wide tbody th{font-weight:650}
    .wide td{display:flex;justify-content:space-between;gap:12px}
    .wide td::before{content:attr(data-label);color:var(--soft);flex:0 0 40%}
    .wide td>span{text-align:right}
    }
    @media screen and (max-width:700px){
    table,tbody,tr,tbody th,td,caption{display:block}
    thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
    tr{border-bottom:1px solid var(--rule);padding:8px 0}
    th,td{border:0;padding:1px 0}tbody th{font-weight:650}
    td{display:flex;justify-content:space-between;gap:12px}
    td::before{content:attr(data-label);color:var(--soft);flex:0 0 40%}
    td>span{text-align:right}
    .narrow{min-width:0}.pairs td::before{content:none}.pairs td>span{text-align:left}
    }
    @media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a3adb8;--rule:#39414a;--ground:#16191d;
    --card:#20252b;--link:#6cb2ff;--reveals:#ffa071;--notShown:#9cc3da;--doubtful:#e6bb4f}}
    @media print{:root{--ink:#000;--soft:#444;--rule:#bbb;--ground:#fff;--card:#fff;--link:#000}
    body{font-size:10.5pt}section{break-before:auto}figure,tr,.verdict{break-inside:avoid}h2,h3{break-after:avoid}
    .charts{columns:2}table{font-size:8pt}}

    """
}
