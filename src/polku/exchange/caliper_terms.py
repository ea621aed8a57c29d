"""Caliper's own vocabulary, versions 1.1 and 1.2: types, actions, and what each property holds.

Taken from the JSON-LD context of the standard, whose words these are; where the versions differ, both are let in.
"""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AGENTS: Final = _words("Agent Person SoftwareApplication Organization Group CourseOffering CourseSection Entity")
ORGANISATIONS: Final = _words("Organization Group CourseOffering CourseSection Agent Entity")
QUESTIONS: Final = _words("Question DateTimeQuestion MultiselectQuestion OpenEndedQuestion RatingScaleQuestion")
SCALES: Final = _words("Scale LikertScale MultiselectScale NumericScale")
RESPONSES: Final = _words(
    "Response DateTimeResponse FillinBlankResponse MultipleChoiceResponse MultipleResponseResponse MultiselectResponse "
    "OpenEndedResponse RatingScaleResponse SelectTextResponse TrueFalseResponse"
)
ANNOTATIONS: Final = _words("Annotation BookmarkAnnotation HighlightAnnotation SharedAnnotation TagAnnotation")
SESSIONS: Final = _words("Session LtiSession")
ASSIGNABLE: Final = _words("AssignableDigitalResource Assessment AssessmentItem Survey Questionnaire QuestionnaireItem")
DIGITAL: Final = ASSIGNABLE | SESSIONS.union(
    QUESTIONS,
    _words(
        "DigitalResource DigitalResourceCollection Document Chapter Page WebPage Frame Link LtiLink Message Forum "
        "Thread MediaObject MediaLocation AudioObject ImageObject VideoObject Collection EpubChapter EpubPart "
        "EpubSubChapter EpubVolume Reading Entity"
    ),
)
ENTITIES: Final = DIGITAL.union(
    *(AGENTS, ORGANISATIONS, QUESTIONS, SCALES, RESPONSES, ANNOTATIONS),
    _words(
        "AggregateMeasure AggregateMeasureCollection Attempt Comment LearningObjective Membership Query Rating Result "
        "Score SearchResponse Selector TextPositionSelector SurveyInvitation SystemIdentifier"
    ),
)
"""Every type of thing."""

_MEDIA: Final = (
    "ChangedResolution ChangedSize ChangedSpeed ChangedVolume ClosedPopout DisabledClosedCaptioning "
    "DisabledCloseCaptioning EnabledClosedCaptioning EnabledCloseCaptioning Ended EnteredFullScreen ExitedFullScreen "
    "ForwardedTo JumpedTo Muted OpenedPopout Paused Resumed Restarted Rewound Started Unmuted"
)
_KEEPING: Final = (
    "Archived Copied Created Deleted Described Downloaded Modified Printed Published Restored Retrieved Saved "
    "Unpublished Uploaded"
)
EVENTS: Final[dict[str, frozenset[str]]] = {
    "AnnotationEvent": _words("Bookmarked Highlighted Shared Tagged"),
    "AssessmentEvent": _words("Started Paused Resumed Restarted Reset Submitted"),
    "AssessmentItemEvent": _words("Started Skipped Completed"),
    "AssignableEvent": _words("Activated Deactivated Started Completed Submitted Reviewed"),
    "FeedbackEvent": _words("Commented Ranked"),
    "ForumEvent": _words("Subscribed Unsubscribed"),
    "GradeEvent": _words("Graded"),
    "MediaEvent": _words(_MEDIA),
    "MessageEvent": _words("MarkedAsRead MarkedAsUnread Posted"),
    "NavigationEvent": _words("NavigatedTo"),
    "QuestionnaireEvent": _words("Started Submitted"),
    "QuestionnaireItemEvent": _words("Started Skipped Completed"),
    "ResourceManagementEvent": _words(_KEEPING),
    "SearchEvent": _words("Searched"),
    "SessionEvent": _words("LoggedIn LoggedOut TimedOut"),
    "SurveyEvent": _words("OptedIn OptedOut"),
    "SurveyInvitationEvent": _words("Accepted Declined Sent"),
    "ThreadEvent": _words("MarkedAsRead MarkedAsUnread"),
    "ToolLaunchEvent": _words("Launched Returned"),
    "ToolUseEvent": _words("Used"),
    "ViewEvent": _words("Viewed"),
}
"""Kinds of event, and the actions of each."""
ACTIONS: Final = frozenset().union(
    *EVENTS.values(),
    _words(
        "Abandoned Added Attached Classified Disliked Hid Identified Liked Linked Questioned Recommended Removed Showed"
    ),
)
"""What a plain ``Event`` may say."""
ABOUT: Final[dict[str, frozenset[str]]] = {
    "AssessmentEvent": _words("Assessment"),
    "AssessmentItemEvent": _words("AssessmentItem"),
    "GradeEvent": _words("Attempt"),
    "ForumEvent": _words("Forum"),
    "MessageEvent": _words("Message"),
    "ThreadEvent": _words("Thread"),
    "QuestionnaireEvent": _words("Questionnaire"),
    "QuestionnaireItemEvent": _words("QuestionnaireItem"),
}
"""What the object of an event is, where the standard names one type."""
MADE: Final[dict[str, frozenset[str]]] = {
    "AnnotationEvent": ANNOTATIONS,
    "AssessmentEvent": _words("Attempt"),
    "AssessmentItemEvent": RESPONSES | {"Attempt"},
    "GradeEvent": _words("Score Result"),
}
"""What an event generates, where the standard says so."""
PROFILES: Final = _words(
    "AnnotationProfile AssessmentProfile AssignableProfile BasicProfile FeedbackProfile ForumProfile GeneralProfile "
    "GradingProfile MediaProfile ReadingProfile ResourceManagementProfile SearchProfile SessionProfile SurveyProfile "
    "ToolLaunchProfile ToolUseProfile"
)

TEXTS: Final = _words(
    "name description academicSession body bookmarkNotes category comment courseNumber host identifier ipAddress "
    "lisSourcedId maxLabel minLabel mediaType questionPosed searchTerms selectionText storageName userAgent value "
    "version volumeLevel volumeMax volumeMin"
)
TIMES: Final = _words(
    "dateCreated dateModified datePublished dateToActivate dateSent dateTimeSelected dateToShow dateToStartOn "
    "dateToSubmit endedAtTime eventTime maxDateTime minDateTime startedAtTime"
)
DURATIONS: Final = _words("duration currentTime")
NUMBERS: Final = _words(
    "maxMetricValue maxResultScore maxScore maxValue metricValue minValue resultScore scoreGiven step weight"
)
WHOLE: Final = _words("index maxSelections minSelections scalePoints sentCount count")
COUNTS: Final = _words("end maxAttempts maxSubmits points searchResultsItemCount start")
TRUTHS: Final = _words("isOrderedSelection isTimeDependent muted")
LISTS_OF_TEXTS: Final = _words("categories itemLabels itemValues keywords selections tags values")
THINGS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("annotator", "assignee", "commenter", "creator", "member", "rater", "scoredBy", "user"), AGENTS),
    **dict.fromkeys(("organization", "subOrganizationOf", "group"), ORGANISATIONS),
    **dict.fromkeys(("client", "edApp", "searchProvider"), _words("SoftwareApplication Agent Entity")),
    **dict.fromkeys(("session", "federatedSession"), SESSIONS),
    "actor": AGENTS,
    "annotated": DIGITAL,
    "assignable": DIGITAL,
    "attempt": _words("Attempt"),
    "membership": _words("Membership"),
    "query": _words("Query"),
    "question": QUESTIONS,
    "ratingComment": _words("Comment"),
    "replyTo": _words("Message"),
    "scale": SCALES,
    "selection": _words("Selector TextPositionSelector"),
    "survey": _words("Survey"),
    **dict.fromkeys(("commentedOn", "generated", "isPartOf", "object", "rated", "referrer", "target"), ENTITIES),
    **dict.fromkeys(("searchTarget", "source"), ENTITIES),
}
"""Properties that hold one thing or its IRI, and which types of thing."""
LISTS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("creators", "members", "withAgents"), AGENTS),
    "attachments": DIGITAL,
    "items": ENTITIES,
    "learningObjectives": _words("LearningObjective"),
}
"""Properties that hold a list of things or their IRIs."""
ITEMS: Final[dict[str, frozenset[str]]] = {
    "AggregateMeasureCollection": _words("AggregateMeasure"),
    "Assessment": _words("AssessmentItem"),
    "DigitalResourceCollection": DIGITAL,
    "Forum": _words("Thread"),
    "Questionnaire": _words("QuestionnaireItem"),
    "Thread": _words("Message"),
}
"""What collections hold."""
NEEDED: Final[dict[str, tuple[str, ...]]] = {"AggregateMeasure": ("metric", "metricValue")}
"""Properties without which a thing says nothing."""

_ROLES: Final[dict[str, str]] = {
    "Administrator": "Developer ExternalDeveloper ExternalSupport ExternalSystemAdministrator Support "
    "SystemAdministrator",
    "ContentDeveloper": "ContentExpert ExternalContentExpert Librarian",
    "Instructor": "ExternalInstructor Grader GuestInstructor Lecturer PrimaryInstructor SecondaryInstructor "
    "TeachingAssistant TeachingAssistantGroup TeachingAssistantOffering TeachingAssistantSection "
    "TeachingAssistantTemplate",
    "Learner": "ExternalLearner GuestLearner NonCreditLearner",
    "Manager": "AreaManager Observer ExternalObserver CourseCoordinator",
    "Member": "",
    "Mentor": "Advisor Auditor ExternalAdvisor ExternalAuditor ExternalLearningFacilitator ExternalMentor "
    "ExternalReviewer ExternalTutor LearningFacilitator Reviewer Tutor",
    "Officer": "Chair Secretary Treasurer Vice-Chair",
}
ROLES: Final = frozenset(_ROLES) | {
    f"{role}#{part}" for role, parts in _ROLES.items() for part in [role, *parts.split()]
}
TERMS: Final[dict[str, frozenset[str]]] = {
    "messageType": _words("LtiDeepLinkingRequest LtiResourceLinkRequest"),
    "metric": _words(
        "AssessmentsSubmitted AssessmentsPassed MinutesOnTask SkillsMastered StandardsMastered UnitsCompleted "
        "UnitsPassed WordsRead"
    ),
    "status": _words("Active Inactive"),
    "identifierType": _words(
        "AccountUserName CaseItemUri EmailAddress LisSourcedId LtiContextId LtiDeploymentId LtiPlatformId LtiToolId "
        "LtiUserId OneRosterSourcedId Other SisSourcedId SystemId"
    ),
}
"""Properties that hold a word of a list."""
