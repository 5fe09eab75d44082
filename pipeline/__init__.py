"""The line, stage by stage.

====  ============  ==========================  =======================================
no.   module        from -> to                  what it does
====  ============  ==========================  =======================================
1     ingest        file -> Scan                content hash, kind, page count; refuses
2     pages         Scan -> PageImage           one side at a time
3     cleanup       PageImage -> CleanPage      skew, background, borders, blank sides
4a    identify      CleanPage -> Identified     which form, which way up
4b    register      -> RegisteredPage           laid over the template, residual known
5     fields        -> FieldCrop                only the applicant's ink is left
6     recognise     FieldCrop -> Reading        n-best texts, marks, seals
7     normalise     Reading -> FieldValue       value or problem; accept, review or blank
8     experience    text -> Classified          the seven fields
9     packet        Sheet -> Packet             sides that belong together
10    checks        Packet -> Verdict           the office's rules
====  ============  ==========================  =======================================
"""
